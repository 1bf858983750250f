import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildUi } from './build-ui.mjs';
import { Failure } from './failure.mjs';
import { installPackages } from './install.mjs';
import { withLock } from './lock.mjs';
import { stopWhenNpmIsGone } from './npm-watch.mjs';
import { runTool } from './run-tool.mjs';
import { CHECKS } from './checks.mjs';

const ROOT = path.resolve(fileURLToPath(import.meta.url), '../../..');

const COMMANDS = {
  /** In this very process: one less that could be left behind. */
  start: async () => {
    await prepare({ ui: true });
    await handOver('bin/serve.ts');
  },
  test: async (words) => {
    await prepare({ ui: true });
    process.exitCode = await runTool(ROOT, 'vitest', ['run', ...words]);
  },
  lab: async () => {
    await prepare({ ui: true });
    await handOver('lab/run-lab.ts');
  },
  check: async () => {
    await prepare({ ui: false });
    const failed = [];
    for (const [tool, ...args] of CHECKS) {
      console.log(`> ${tool} ${args.join(' ')}`);
      if ((await runTool(ROOT, tool, args)) !== 0) failed.push(`${tool} ${args.join(' ')}`);
    }
    if (failed.length > 0)
      throw new Failure(`${failed.length} of ${CHECKS.length} checks failed: ${failed.join(' · ')}`);
    console.log(`All ${CHECKS.length} checks passed.`);
  },
  /** `bin/octofleet.mjs`: the command line. */
  cli: async () => {
    await prepare({ ui: false });
    await handOver('bin/cli.ts');
  },
};

export async function main([command = 'start', ...words]) {
  // The command line is told of files by names that count from where the person stands.
  if (command !== 'cli') process.chdir(ROOT);
  try {
    stopWhenNpmIsGone();
    const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
    if (run === undefined)
      throw new Failure(`there is no command “${command}”; there are ${Object.keys(COMMANDS).join(', ')}`);
    await run(words);
  } catch (error) {
    console.error(`octofleet: ${error instanceof Failure ? error.message : (error?.stack ?? error)}`);
    process.exitCode = 1;
  }
}

async function prepare({ ui }) {
  await withLock(path.join(ROOT, '.cache'), async () => {
    await installPackages(ROOT);
    if (ui) await buildUi(ROOT);
  });
}

async function handOver(file) {
  const { register } = await import('tsx/esm/api');
  register();
  await import(path.join(ROOT, file));
}
