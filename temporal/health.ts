import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';

const EVERY_MILLISECONDS = 2_000;
/** Generous: a server under load is not away. */
const DEADLINE_MILLISECONDS = 5_000;
/** A worker's poll lasts a minute; one that has not come back for longer is dead. */
const POLLER_MILLISECONDS = 75_000;
interface Health {
  readonly server: boolean;
  readonly worker: boolean;
}

/** Asks every two seconds whether the server answers and whether a worker listens, so that nobody else has to wait. */
export class HealthWatch {
  readonly #connection: Connection;
  readonly #namespace: string;
  readonly #taskQueue: string;
  readonly #stopped = new AbortController();
  #last: Health | undefined;

  constructor(connection: Connection, namespace: string, taskQueue: string) {
    this.#connection = connection;
    this.#namespace = namespace;
    this.#taskQueue = taskQueue;
  }

  get last(): Health {
    return this.#last ?? { server: false, worker: false };
  }

  /** False while nobody has looked yet. */
  get serverAway(): boolean {
    return this.#last?.server === false;
  }

  /** Called once. A look never rejects, so nobody has to wait for the end of it. */
  start(): void {
    void this.#run();
  }

  /** A look that is under way ends by itself, and nobody asks for its result any more. */
  stop(): void {
    this.#stopped.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      this.#last = await this.#look();
      await sleep(EVERY_MILLISECONDS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<Health> {
    try {
      const { pollers } = await this.#connection.withDeadline(Date.now() + DEADLINE_MILLISECONDS, () =>
        this.#connection.workflowService.describeTaskQueue({
          namespace: this.#namespace,
          taskQueue: { name: this.#taskQueue },
        }),
      );
      const since = (Date.now() - POLLER_MILLISECONDS) / 1_000;
      return { server: true, worker: pollers.some((poller) => Number(poller.lastAccessTime?.seconds ?? 0) > since) };
    } catch {
      // Whatever the reason, the answer to the question is no; the supervisor of the server logs why.
      return { server: false, worker: false };
    }
  }
}
