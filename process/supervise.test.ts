import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { supervise } from './supervise.ts';
import type { Program, Supervised } from './supervise.ts';
import { isAlive } from './table.ts';

/** Longer than any test may take: a stop that waits for it fails. */
const FOREVER_MS = 3_600_000;
const NODE = { file: process.execPath, args: ['-e', 'setInterval(() => undefined, 1000); console.log("up")'] };

const running: Supervised[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

interface Watched {
  readonly program: Program;
  /** The process ids of the runs so far. */
  readonly runs: number[];
  readonly troubles: string[];
}

/** A program that is ready at once, unless told otherwise. */
function watched(changes: Partial<Program> = {}): Watched {
  const runs: number[] = [];
  const troubles: string[] = [];
  const program: Program = {
    name: 'The server',
    command: () => Promise.resolve(NODE),
    env: { NODE_ENV: 'test' },
    cwd: '/',
    ready: () => Promise.resolve(),
    startTimeoutMs: FOREVER_MS,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: FOREVER_MS,
    onLine: () => undefined,
    onTrouble: (sentence) => troubles.push(sentence),
    ...changes,
    onStarted: async (pid) => {
      runs.push(pid);
      await changes.onStarted?.(pid);
    },
  };
  return { program, runs, troubles };
}

async function started(program: Program): Promise<Supervised> {
  const server = await supervise(program);
  running.push(server);
  return server;
}

/** Waits for the signal as a question does that nobody answers. */
const untilAborted = (signal: AbortSignal) =>
  sleep(FOREVER_MS, undefined, { signal }).catch(() => signal.throwIfAborted());

test('a program that ends on its own is started again, under another process id', async () => {
  const { program, runs, troubles } = watched();
  const server = await started(program);
  const first = server.pid();

  process.kill(first, 'SIGKILL');
  await vi.waitFor(() => expect(server.pid()).not.toBe(first), { timeout: 10_000 });

  expect(runs).toEqual([first, server.pid()]);
  expect(troubles).toEqual(['The server ended on its own (SIGKILL); starting it again']);
});

test('a stop in the pause before a new start begins no new run', async () => {
  const { program, runs, troubles } = watched();
  const server = await started(program);

  process.kill(server.pid(), 'SIGKILL');
  await vi.waitFor(() => expect(troubles).toHaveLength(1), { timeout: 10_000 });
  await server.stop();

  expect(runs).toHaveLength(1);
});

test('a stop while it is being started again does not wait until it answers, and leaves nothing running', async () => {
  let isFirst = true;
  const { program, runs } = watched({
    ready: (signal) => {
      if (!isFirst) return untilAborted(signal);
      isFirst = false;
      return Promise.resolve();
    },
  });
  const server = await started(program);

  process.kill(server.pid(), 'SIGKILL');
  await vi.waitFor(() => expect(runs).toHaveLength(2), { timeout: 10_000 });
  await server.stop();

  expect(runs.filter(isAlive)).toEqual([]);
});

test('a stop counts also when it comes before the new run is asked, and the question is deaf to it', async () => {
  const noted = new AbortController();
  let isFirst = true;
  const { program, runs } = watched({
    onStarted: async () => {
      if (!isFirst) await once(noted.signal, 'abort');
    },
    ready: () => {
      if (!isFirst) return new Promise(() => undefined);
      isFirst = false;
      return Promise.resolve();
    },
  });
  const server = await started(program);

  process.kill(server.pid(), 'SIGKILL');
  await vi.waitFor(() => expect(runs).toHaveLength(2), { timeout: 10_000 });
  const stopped = server.stop();
  noted.abort();
  await stopped;

  expect(runs.filter(isAlive)).toEqual([]);
});

test('a program that does not come up is told with its last words', async () => {
  const words = { file: process.execPath, args: ['-e', 'console.error("no room left"); process.exit(3)'] };
  const { program } = watched({ command: () => Promise.resolve(words), ready: untilAborted });

  await expect(supervise(program)).rejects.toThrow(/^The server did not start \(exit code 3\):\n {2}no room left$/);
});

test('a program that is not there is told as well', async () => {
  const { program } = watched({
    command: () => Promise.resolve({ file: '/nowhere/at-all', args: [] }),
    ready: untilAborted,
  });

  await expect(supervise(program)).rejects.toThrow(/^The server did not start \(.*ENOENT.*\)$/);
});
