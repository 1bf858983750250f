import path from 'node:path';
import { createLog } from '../../api/log.ts';
import type { Log } from '../../api/log.ts';
import { loadConfig } from '../../config.ts';
import { withDotEnv } from './environment.ts';
import type { Environment } from './environment.ts';
import { Running } from './running.ts';
import { sentenceOf } from './sentence.ts';
import { startService } from './start.ts';
import { onUncaught, toldToStop } from './told-to-stop.ts';

/** What has not stopped in order by then is left to the kernel, which ends our children with us. */
const STOP_WITHIN_MS = 9_500;

/** Runs the service until somebody stops it or it cannot go on. Answers with the exit code. */
export async function runService(environment: Environment): Promise<number> {
  const running = new Running();
  let log: Log | undefined;
  const told = toldToStop();
  const broken = onUncaught(() => log);
  let exitCode = 0;
  try {
    const env = await withDotEnv(environment, path.resolve('.env'));
    const config = loadConfig(env);
    log = createLog(config.logLevel);
    const started = startService({ config, env, log, running, say });
    const signal = await Promise.race([told, broken, started.then(() => Promise.race([told, broken]))]);
    say(`\nStopping (${signal}) …`);
  } catch (error) {
    complain(sentenceOf(error));
    exitCode = 1;
  }
  const late = setTimeout(() => {
    complain('something did not stop in time; ending anyway');
    process.exit(1);
  }, STOP_WITHIN_MS);
  await running.stop(complain);
  clearTimeout(late);
  if (exitCode === 0) say('Everything is stopped.');
  return exitCode;
}

function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`);
}

function complain(sentence: string): void {
  process.stderr.write(`octofleet: ${sentence}\n`);
}
