import path from 'node:path';
import type { Log } from '../../api/log.ts';
import { startDemo } from '../../lab/demo.ts';
import type { Running } from './running.ts';
import { sentenceOf } from './sentence.ts';

/** Lets the simulated machine live beside the service. It ends first, and what becomes of it is no failure of ours. */
export async function accompanyDemo({
  baseUrl,
  apiToken,
  dataDir,
  running,
  log,
  say,
}: {
  readonly baseUrl: string;
  readonly apiToken: string;
  readonly dataDir: string;
  readonly running: Running;
  readonly log: Log;
  readonly say: (sentence: string) => void;
}): Promise<void> {
  const stopping = new AbortController();
  const over = startDemo({
    baseUrl,
    apiToken,
    memoryFile: path.join(dataDir, 'demo', 'machine.json'),
    signal: stopping.signal,
    log: say,
  }).catch((error: unknown) => log.warn({ err: error }, `the demo ended early: ${sentenceOf(error)}`));
  await running.add('the demo', async () => {
    stopping.abort();
    await over;
  });
}
