import type pg from 'pg';

/**
 * A connection that waits for PostgreSQL's word on one channel. When it is lost, `wake` falls back to its time limit and
 * the next call connects again.
 */
export class Ears {
  readonly #pool: pg.Pool;
  readonly #channel: string;
  #client: pg.PoolClient | undefined;
  #heard = false;
  #wake: (() => void) | undefined;

  /** `channel` is a name of ours and becomes part of a statement; never pass one on from outside. */
  constructor(pool: pg.Pool, channel: string) {
    this.#pool = pool;
    this.#channel = channel;
  }

  /** Resolves at the next word (also one said since the last call), after `ms`, or when told to stop. */
  async wake(ms: number, signal: AbortSignal): Promise<void> {
    await this.#listen();
    if (!this.#heard && !signal.aborted)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, ms);
        signal.addEventListener('abort', done);
        this.#wake = done;
        function done(): void {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        }
      });
    this.#wake = undefined;
    this.#heard = false;
  }

  close(): void {
    this.#drop(this.#client);
  }

  async #listen(): Promise<void> {
    if (this.#client !== undefined) return;
    const client = await this.#pool.connect().catch(() => undefined);
    if (client === undefined) return;
    client.on('notification', () => {
      this.#heard = true;
      this.#wake?.();
    });
    client.on('error', () => this.#drop(client));
    client.on('end', () => this.#drop(client));
    this.#client = client;
    await client.query(`listen ${this.#channel}`).catch(() => this.#drop(client));
  }

  /** Destroys the connection instead of returning it: another user of the pool must not inherit its channel. */
  #drop(client: pg.PoolClient | undefined): void {
    if (client === undefined || client !== this.#client) return;
    this.#client = undefined;
    client.release(true);
  }
}
