import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { changesAfter, currentCursor } from '../../db/changes.ts';
import type { Cursor } from '../../db/changes.ts';
import type { Log } from '../log.ts';
import { deliveryOf } from './messages.ts';
import type { Delivery } from './messages.ts';
import { Ears } from './ears.ts';

/** So long changes are gathered: a burst of callbacks of one machine becomes one event. */
const GATHER_MS = 100;
/** Also looks without being woken, for the day that the listening connection is lost. */
const LOOK_EVERY_MS = 1_000;
const AT_ONCE = 1_000;

export type Listener = (delivery: Delivery) => void;

/**
 * What changes, told once to everybody who listens. One process has one feed with one listening connection; it reads
 * each change once, however many pages are open.
 */
export class ChangeFeed {
  readonly #pool: pg.Pool;
  readonly #log: Log;
  readonly #listeners = new Set<Listener>();
  readonly #stop = new AbortController();
  #place: Cursor | undefined;
  #running: Promise<void> | undefined;

  constructor({ pool, log }: { readonly pool: pg.Pool; readonly log: Log }) {
    this.#pool = pool;
    this.#log = log;
  }

  /**
   * From when this resolves, every change that settles later is told to the listener. The first one to come opens the
   * listening connection.
   */
  async subscribe(listener: Listener): Promise<() => void> {
    if (this.#isIdle()) {
      const now = await currentCursor(this.#pool);
      // Whoever subscribed meanwhile listens from an earlier place, and may not be moved past what it has not heard.
      if (this.#isIdle()) this.#place = now;
    }
    this.#listeners.add(listener);
    this.#running ??= this.#run();
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const ears = new Ears(this.#pool, 'octofleet_changes');
    const { signal } = this.#stop;
    let unsettled = false;
    let failing = false;
    while (!this.#stopped()) {
      if (!unsettled) await ears.wake(LOOK_EVERY_MS, signal);
      await pause(GATHER_MS, undefined, { signal }).catch(ignoreAbort);
      if (this.#stopped()) break;
      try {
        unsettled = this.#listeners.size > 0 && (await this.#tell());
        failing = false;
      } catch (error) {
        // Nothing is lost: the place stays where it was. Said once, not at every look.
        if (!failing) this.#log.warn({ err: error }, 'the live stream cannot read changes; it keeps trying');
        failing = true;
        unsettled = false;
      }
    }
    ears.close();
  }

  /** Nobody listens, so the place stands still. */
  #isIdle(): boolean {
    return this.#listeners.size === 0 || this.#place === undefined;
  }

  #stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Tells all that has settled. True when more is committed but waits for an older transaction. */
  async #tell(): Promise<boolean> {
    for (;;) {
      if (this.#place === undefined) return false;
      const { changes, more } = await changesAfter(this.#pool, this.#place, AT_ONCE);
      const delivery = await deliveryOf(this.#pool, changes);
      if (delivery === undefined) return more;
      this.#place = delivery.upTo;
      for (const listener of this.#listeners) listener(delivery);
      if (!more) return false;
    }
  }
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
}
