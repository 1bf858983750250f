import { sentenceOf } from './sentence.ts';

interface Part {
  readonly name: string;
  readonly stop: () => unknown;
}

/** What has been started, in order; it stops in the opposite order. */
export class Running {
  readonly #parts: Part[] = [];
  #stopping = false;

  /** Called right after a part has started. While we stop, a late part is stopped at once. */
  async add(name: string, stop: () => unknown): Promise<void> {
    if (!this.#stopping) {
      this.#parts.push({ name, stop });
      return;
    }
    await stop();
    throw new Error(`${name} came up while the service was stopping`);
  }

  /** One part that does not stop properly keeps no other from it. */
  async stop(onTrouble: (sentence: string) => void): Promise<void> {
    this.#stopping = true;
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      try {
        await part.stop();
      } catch (error) {
        onTrouble(`${part.name} did not stop properly: ${sentenceOf(error)}`);
      }
    }
  }
}
