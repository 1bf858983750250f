import { setTimeout as sleep } from 'node:timers/promises';
import { commandLineOf, isAlive } from './table.ts';

/** Is the process with this id still the server it was, judged by the words it was started with? */
export async function stillRuns(pid: number, words: readonly string[]): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return false;
  const line = await commandLineOf(pid);
  return words.every((word) => line.includes(word));
}

const PATIENCE_MS = 10_000;

/** Ends a server that an earlier run left behind, asking gently first. */
export async function endLeftOver(pid: number, signals: readonly NodeJS.Signals[]): Promise<void> {
  for (const signal of signals) {
    process.kill(pid, signal);
    const until = performance.now() + PATIENCE_MS;
    while (performance.now() < until) {
      if (!isAlive(pid)) return;
      await sleep(50);
    }
  }
  throw new Error(`Process ${pid}, left over from an earlier run, does not end; end it by hand: kill -9 ${pid}`);
}
