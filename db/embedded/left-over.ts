import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLineOf, isAlive } from '../../process/table.ts';

/**
 * Clears what a service that was killed left behind. A server that still runs on our folder is ended, so that the new
 * one is our child again. A `postmaster.pid` whose number now belongs to another program is removed, because
 * PostgreSQL takes any living process for its own. One whose process is gone is left to PostgreSQL, which also looks
 * whether the dead server's memory is still in use.
 */
export async function clearLeftOver(cluster: string, onLog: (line: string) => void): Promise<void> {
  const file = path.join(cluster, 'postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return;
  const words = await commandLineOf(pid);
  if (!words.includes('postgres') || !words.includes(cluster)) {
    onLog(`postmaster.pid names process ${pid}, which is another program; removing it`);
    await rm(file, { force: true });
    return;
  }
  onLog(`a PostgreSQL of an earlier run (process ${pid}) still serves ${cluster}; ending it`);
  process.kill(pid, 'SIGINT');
  if (await isGoneWithin(pid, 10_000)) return;
  process.kill(pid, 'SIGQUIT');
  if (await isGoneWithin(pid, 10_000)) return;
  throw new Error(`The PostgreSQL of an earlier run (process ${pid}) does not end; end it by hand: kill -9 ${pid}`);
}

async function isGoneWithin(pid: number, ms: number): Promise<boolean> {
  const until = performance.now() + ms;
  while (performance.now() < until) {
    if (!isAlive(pid)) return true;
    await sleep(50);
  }
  return !isAlive(pid);
}
