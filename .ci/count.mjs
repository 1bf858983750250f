// Reads vitest's JSON report, refuses skipped tests, and prints the closing line that CI looks for.
import { readFileSync } from 'node:fs';

const text = readFileSync(process.argv[2], 'utf8');
if (text === '') {
  console.log('the test run left no report');
  console.log('0 passed, 1 failed');
  process.exit(1);
}
const report = JSON.parse(text);
const tests = report.testResults.flatMap((file) => file.assertionResults.map((test) => ({ ...test, file: file.name })));
const unrun = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');
for (const test of unrun) console.log(`did not run (${test.status}): ${test.fullName}`);
const brokenFiles = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
for (const file of brokenFiles) console.log(`could not be loaded: ${file.name}`);

const passed = tests.filter((test) => test.status === 'passed').length;
const failed = tests.length - passed + brokenFiles.length;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
