import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from './bound-command.ts';

/** A server of ours that runs as a child process and is started again whenever it ends on its own. */
export interface Program {
  /** As people call it: `PostgreSQL`. */
  readonly name: string;
  /** Asked anew before each start, so that it may clear up what the last run left. */
  readonly command: () => Promise<Command>;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly cwd: string;
  /** Told the process id of each new run, for those who must find it after we were killed. */
  readonly onStarted?: (pid: number) => Promise<void>;
  /** Resolves once the program answers; keeps trying until `signal` fires. */
  readonly ready: (signal: AbortSignal) => Promise<void>;
  readonly startTimeoutMs: number;
  readonly stopSignal: NodeJS.Signals;
  /** After that long the program is killed. */
  readonly stopTimeoutMs: number;
  /** Each line the program prints. */
  readonly onLine: (line: string) => void;
  /** It ended on its own, or did not come back: one sentence. */
  readonly onTrouble: (sentence: string) => void;
}

export interface Supervised {
  /** The process id of the present run; changes with a restart. */
  pid(): number;
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** A run that lasted this long counts as healthy: the next pause is the first one again. */
const HEALTHY_AFTER_MS = 60_000;

/** Resolves when the program answers for the first time; rejects when it does not come up at all. */
export async function supervise(program: Program): Promise<Supervised> {
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  let run = await startOnce(program, stopping.signal);
  const watching = keepUp();

  async function keepUp(): Promise<void> {
    let failures = 0;
    for (;;) {
      const how = await run.ended;
      if (isStopping()) return;
      failures = performance.now() - run.startedAt > HEALTHY_AFTER_MS ? 0 : failures + 1;
      program.onTrouble(`${program.name} ended on its own (${how}); starting it again`);
      const next = await startAgain(failures);
      if (next === undefined) return;
      run = next;
    }
  }

  /** Undefined when we were told to stop meanwhile. */
  async function startAgain(failures: number): Promise<Run | undefined> {
    for (let tries = failures; ; tries += 1) {
      await sleep(pauseMs(tries), undefined, { signal: stopping.signal }).catch(() => undefined);
      if (isStopping()) return undefined;
      try {
        return await startOnce(program, stopping.signal);
      } catch (error) {
        if (isStopping()) return undefined;
        program.onTrouble(error instanceof Error ? error.message : String(error));
      }
    }
  }

  return {
    pid: () => run.child.pid ?? 0,
    stop: async () => {
      stopping.abort();
      await end(program, run);
      await watching;
    },
  };
}

function pauseMs(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.max(0, failures - 1), LONGEST_PAUSE_MS);
}

interface Run {
  readonly child: ChildProcess;
  readonly startedAt: number;
  /** Resolves with how it ended; never rejects. */
  readonly ended: Promise<string>;
}

async function startOnce(program: Program, stopping: AbortSignal): Promise<Run> {
  const { file, args, ...identity } = await program.command();
  stopping.throwIfAborted();
  // A session of its own: Ctrl-C in the terminal reaches us, and we stop our programs in order.
  const child = spawn(file, args, {
    ...identity,
    cwd: program.cwd,
    env: { ...program.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const tail = lastLines(child, program.onLine);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code ?? 'unknown'}`));
  });
  // A program that cannot be started at all is told by `ended`.
  const closed = once(child, 'close').catch(() => undefined);
  const run: Run = { child, startedAt: performance.now(), ended };
  const giveUp = new AbortController();
  const signal = AbortSignal.any([stopping, giveUp.signal, AbortSignal.timeout(program.startTimeoutMs)]);
  try {
    await program.onStarted?.(child.pid ?? 0);
    signal.throwIfAborted();
    await Promise.race([
      program.ready(signal),
      // A question under way may not hear the signal; nobody waits for its answer.
      once(signal, 'abort').then(() => signal.throwIfAborted()),
      ended.then(async (how) => {
        // What it printed last may still be on its way to us.
        await Promise.race([closed, sleep(500)]);
        throw new Error(`${program.name} did not start (${how})${tail()}`);
      }),
    ]);
    return run;
  } catch (error) {
    await end(program, run);
    if (!signal.aborted || stopping.aborted) throw error;
    const seconds = program.startTimeoutMs / 1000;
    throw new Error(`${program.name} did not answer within ${seconds} s${tail()}`, { cause: error });
  } finally {
    giveUp.abort();
  }
}

async function end(program: Program, { child, ended }: Run): Promise<void> {
  child.kill(program.stopSignal);
  const late = new AbortController();
  const timer = sleep(program.stopTimeoutMs, undefined, { signal: late.signal }).then(
    () => child.kill('SIGKILL'),
    () => false,
  );
  await ended;
  late.abort();
  await timer;
}

/** Hands each line on and remembers the last few, for the sentence that says why the program did not start. */
function lastLines(child: ChildProcess, onLine: (line: string) => void): () => string {
  const kept: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      kept.push(line);
      if (kept.length > 5) kept.shift();
      onLine(line);
    });
  }
  return () => (kept.length === 0 ? '' : `:\n  ${kept.join('\n  ')}`);
}
