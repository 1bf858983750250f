import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { deliverTo, undeliveredTo } from '../db/inbox.ts';
import type { Engine } from './engine.ts';
import { errorFields } from './log.ts';
import type { Log } from './log.ts';

const POLL_MILLISECONDS = 2_000;
const FIRST_PAUSE_MILLISECONDS = 250;
const LONGEST_PAUSE_MILLISECONDS = 10_000;
const DEPLOYMENTS_AT_ONCE = 4;
const PAGE = 200;

/**
 * Brings acknowledged callbacks from the inbox to their workflows, until each has arrived (D1, promise 1). It wakes
 * when PostgreSQL says that something came, and looks by itself every few seconds, because a notification can be lost and
 * a row cannot. Both stores may be away for any time; nothing here remembers anything.
 */
export class Relay {
  readonly #pool: pg.Pool;
  readonly #engine: Pick<Engine, 'report'>;
  readonly #log: Log;
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;
  #wake: () => void = () => undefined;
  #rung = false;
  #listener: pg.PoolClient | undefined;

  constructor(options: { readonly pool: pg.Pool; readonly engine: Pick<Engine, 'report'>; readonly log: Log }) {
    this.#pool = options.pool;
    this.#engine = options.engine;
    this.#log = options.log;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#ring();
    await this.#running;
  }

  #stopping(): boolean {
    return this.#stopped.signal.aborted;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    let pause = FIRST_PAUSE_MILLISECONDS;
    while (!this.#stopping()) {
      try {
        this.#rung = false;
        await this.#listen();
        await this.#deliverAll();
        pause = FIRST_PAUSE_MILLISECONDS;
        await this.#rest();
      } catch (error) {
        if (this.#stopping()) break;
        this.#log.warn({ ...errorFields(error), pauseMilliseconds: pause }, 'callbacks wait in the inbox');
        await sleep(pause, undefined, { signal }).catch(() => undefined);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
      }
    }
    this.#hangUp();
  }

  /** One pass over everything undelivered. A deployment that fails does not keep the others waiting. */
  async #deliverAll(): Promise<void> {
    const queue = [...(await undeliveredTo(this.#pool, PAGE))];
    const failures: unknown[] = [];
    const lane = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined && !this.#stopped.signal.aborted; next = queue.shift())
        try {
          await deliverTo(this.#pool, next, ({ machineId, deploymentId }, report) =>
            this.#engine.report(machineId, deploymentId, report),
          );
        } catch (error) {
          failures.push(error);
        }
    };
    await Promise.all(Array.from({ length: DEPLOYMENTS_AT_ONCE }, lane));
    if (failures.length > 0) throw new Error('some callbacks could not be delivered', { cause: failures[0] });
  }

  async #listen(): Promise<void> {
    if (this.#listener !== undefined) return;
    const client = await this.#pool.connect();
    client.on('notification', () => this.#ring());
    client.on('error', () => this.#hangUp());
    this.#listener = client;
    await client.query('listen octofleet_inbox');
  }

  /** The listener's connection is never lent to anybody else: it is discarded. */
  #hangUp(): void {
    const client = this.#listener;
    this.#listener = undefined;
    client?.release(true);
    this.#ring();
  }

  #ring(): void {
    this.#rung = true;
    this.#wake();
  }

  /** Until the bell rings, or for a while. What rang during the last pass counts too. */
  async #rest(): Promise<void> {
    if (this.#rung) return;
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await sleep(POLL_MILLISECONDS, undefined, { signal: woken.signal }).catch(() => undefined);
  }
}
