import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { endLeftOver, stillRuns } from '../../process/left-over.ts';
import { isAlive } from '../../process/table.ts';

/**
 * Clears what a service that was killed left behind. A server that still runs on our folder is ended, so that the new
 * one is our child again. A `postmaster.pid` whose number now belongs to another program is removed, because
 * PostgreSQL takes any living process for its own. One whose process is gone is left to PostgreSQL, which also looks
 * whether the dead server's memory is still in use.
 */
export async function clearLeftOver(cluster: string, onLog: (line: string) => void): Promise<void> {
  const file = path.join(cluster, 'postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
  if (await stillRuns(pid, ['postgres', cluster])) {
    onLog(`a PostgreSQL of an earlier run (process ${pid}) still serves ${cluster}; ending it`);
    await endLeftOver(pid, ['SIGINT', 'SIGQUIT']);
  } else if (pid > 0 && isAlive(pid)) {
    onLog(`postmaster.pid names process ${pid}, which is another program; removing it`);
    await rm(file, { force: true });
  }
}
