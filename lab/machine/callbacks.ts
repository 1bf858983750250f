import type { Clock } from './clock.ts';
import { NoAnswer, send } from './transport.ts';
import type { Answer } from './transport.ts';

/** One callback to the service. The key is its identity to the service: a repeat has the same. */
export interface Callback {
  readonly url: string;
  /** Who speaks: an attempt token, or for an agent the id of its system. Null for what needs no remembering. */
  readonly speaker: string | null;
  readonly key: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A callback that the service answered 2xx, and so may never forget. */
export interface Acknowledged {
  readonly speaker: string;
  readonly key: string;
}

/** A final no: repeating it would change nothing. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;

  constructor(callback: Callback, answer: Answer) {
    super(`${callback.key} was refused with ${answer.status}: ${answer.body.subarray(0, 300).toString('utf8')}`);
    this.status = answer.status;
  }
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** Statuses that mean "not now". */
const PASSING = new Set([408, 425, 429]);

/** Posts callbacks as installers do: again and again until the service has them or says a final no. */
export class Callbacks {
  readonly acknowledged: Acknowledged[] = [];
  readonly #clock: Clock;
  readonly #copies: number;

  /** `copies`: how often each callback is sent although one would do. */
  constructor({ clock, copies }: { readonly clock: Clock; readonly copies: number }) {
    this.#clock = clock;
    this.#copies = copies;
  }

  async deliver(callback: Callback): Promise<Answer> {
    const answers: Answer[] = [];
    do answers.push(await this.#untilAnswered(callback));
    while (answers.length < this.#copies);
    if (callback.speaker !== null) this.acknowledged.push({ speaker: callback.speaker, key: callback.key });
    const [first] = answers;
    if (first === undefined) throw new Error('a callback is sent at least once');
    return first;
  }

  async #untilAnswered(callback: Callback): Promise<Answer> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const answer = await this.#once(callback);
      if (answer !== undefined && answer.status < 300) return answer;
      if (answer !== undefined && answer.status < 500 && !PASSING.has(answer.status))
        throw new Refused(callback, answer);
      await this.#clock.pause(pauseMs);
    }
  }

  async #once({ url, body, headers }: Callback): Promise<Answer | undefined> {
    try {
      return await send(url, { method: 'POST', body, ...(headers && { headers }) }, this.#clock);
    } catch (error) {
      if (error instanceof NoAnswer) return undefined;
      throw error;
    }
  }
}
