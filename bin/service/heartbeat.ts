import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Log } from '../../api/log.ts';

const EVERY_MS = 10_000;

/**
 * A worker has no port, so its health is a file: `<data>/worker-alive` is written again every ten seconds as long as it
 * takes tasks. A supervisor looks at the file's age (docker-compose.yml does).
 */
export function startHeartbeat(dataDir: string, alive: () => boolean, log: Log): () => Promise<void> {
  const file = path.join(dataDir, 'worker-alive');
  const beat = (): void => {
    if (!alive()) return;
    writeFile(file, `${new Date().toISOString()}\n`).catch((error: unknown) => {
      log.warn({ err: error }, 'the sign of life could not be written');
    });
  };
  beat();
  const timer = setInterval(beat, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await rm(file, { force: true });
  };
}
