import { setTimeout as sleep } from 'node:timers/promises';
import type { DataConverter } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Activities } from '../activities/contract.ts';
import type { TemporalConnection } from './connection.ts';
import { errorFields } from './log.ts';
import type { Log } from './log.ts';
import { installRuntime } from './runtime.ts';
import { TASK_QUEUE } from './task-queue.ts';

export interface WorkerOptions {
  readonly connection: TemporalConnection;
  readonly namespace: string;
  readonly dataConverter: DataConverter;
  readonly activities: Activities;
  /** The bundled workflows (`bundle.ts`). */
  readonly codePath: string;
  readonly log: Log;
  readonly taskQueue?: string;
}

const FIRST_PAUSE_MILLISECONDS = 500;
const LONGEST_PAUSE_MILLISECONDS = 15_000;
/** A worker that ran this long was healthy: the next failure starts with a short pause again. */
const HEALTHY_MILLISECONDS = 60_000;

/** A worker that is kept alive: it waits for a server that is not there yet, and is made anew when it dies. */
export class KeptWorker {
  readonly #options: WorkerOptions;
  readonly #stopped = new AbortController();
  #worker: Worker | undefined;
  #running: Promise<void> | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  get alive(): boolean {
    return this.#worker?.getState() === 'RUNNING';
  }

  start(): void {
    this.#running ??= this.#keep();
  }

  /** Lets activities in flight finish, then resolves. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    if (this.alive) this.#worker?.shutdown();
    await this.#running;
  }

  async #keep(): Promise<void> {
    const { signal } = this.#stopped;
    const { log } = this.#options;
    let pause = FIRST_PAUSE_MILLISECONDS;
    while (!signal.aborted) {
      const since = Date.now();
      try {
        await this.#liveOnce();
      } catch (error) {
        log.warn(errorFields(error), 'the worker is not running; it is started again');
      }
      if (Date.now() - since > HEALTHY_MILLISECONDS) pause = FIRST_PAUSE_MILLISECONDS;
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
    }
  }

  async #liveOnce(): Promise<void> {
    const { connection, namespace, dataConverter, activities, codePath, log, taskQueue = TASK_QUEUE } = this.#options;
    installRuntime(log);
    const native = await NativeConnection.connect(connection);
    try {
      const worker = await Worker.create({
        connection: native,
        namespace,
        taskQueue,
        workflowBundle: { codePath },
        activities: { ...activities },
        dataConverter,
        // Longer than any of our activities should take; the main kills what is still there after ten seconds.
        shutdownGraceTime: '5 seconds',
        shutdownForceTime: '8 seconds',
        // Each holds a database connection for a moment; the pool has more, for everybody else.
        maxConcurrentActivityTaskExecutions: 10,
      });
      if (this.#stopped.signal.aborted) return;
      this.#worker = worker;
      log.info({ taskQueue, namespace }, 'the worker is running');
      await worker.run();
    } finally {
      this.#worker = undefined;
      await native.close();
    }
  }
}
