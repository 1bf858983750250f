/** After this many wrong passwords in a row a name has to wait. */
const ALLOWED = 10;
const WAIT_MS = 5 * 60_000;
/** Names are chosen by strangers; remembering them all would be a way to fill the memory. */
const REMEMBERED_NAMES = 10_000;

/** Counts wrong passwords by user name, wherever they come from. */
export class Tries {
  readonly #failures = new Map<string, { readonly count: number; readonly until: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Seconds this name has to wait; 0 when it may try. */
  secondsToWait(name: string): number {
    const entry = this.#failures.get(name.toLowerCase());
    if (entry === undefined || entry.count < ALLOWED) return 0;
    return Math.max(0, Math.ceil((entry.until - this.#now()) / 1_000));
  }

  failed(name: string): void {
    const key = name.toLowerCase();
    const earlier = this.#failures.get(key);
    const count = earlier !== undefined && earlier.until > this.#now() ? earlier.count + 1 : 1;
    this.#failures.delete(key);
    this.#failures.set(key, { count, until: this.#now() + WAIT_MS });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > REMEMBERED_NAMES && oldest !== undefined) this.#failures.delete(oldest);
  }

  succeeded(name: string): void {
    this.#failures.delete(name.toLowerCase());
  }
}
