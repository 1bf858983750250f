import type { Clock } from '../clock.ts';
import { COMMANDS } from './commands.ts';
import type { BootOutcome, Effect, FirmwareState } from './commands.ts';
import { fetchImage, FetchFailed } from './images.ts';
import type { LoadedImage } from './images.ts';
import { commandsOf, expand, isScript, linesOf } from './line.ts';
import { Settings } from './settings.ts';
import type { Identity } from './settings.ts';

export interface FirmwareOptions {
  readonly identity: Identity;
  readonly clock: Clock;
  /** How much of each stored file is really fetched. */
  readonly byteLimit: number | undefined;
  /** What the machine's screen shows. */
  readonly say: (text: string) => void;
}

/** Starts from the network: fetches the script at this address and runs it to its end. */
export async function bootFromNetwork(url: string, options: FirmwareOptions): Promise<BootOutcome> {
  return await new Firmware(options).start(url);
}

/** No script of ours is long; one that goes round without ever pausing would occupy a test for ever. */
const MOST_LINES = 100_000;

class Firmware implements FirmwareState {
  readonly firmware: 'efi' | 'pcbios';
  readonly settings: Settings;
  readonly images: FirmwareState['images'] = { kernel: undefined, initrds: [] };
  readonly say: (text: string) => void;
  readonly wait: (seconds: number) => Promise<void>;
  readonly #options: FirmwareOptions;
  #workingUrl = '';
  #lines = 0;

  constructor(options: FirmwareOptions) {
    this.#options = options;
    this.firmware = options.identity.firmware;
    this.settings = new Settings(options.identity);
    this.say = options.say;
    this.wait = (seconds) => options.clock.wait(seconds);
  }

  async start(url: string): Promise<BootOutcome> {
    const first = await this.#attempt(async () => {
      const script = await this.fetch({ url, name: undefined, arguments: [], timeoutMs: undefined });
      return { kind: 'replace', script };
    });
    if (first.kind !== 'replace') return { kind: 'no-answer', because: `${url} gave no boot script` };
    const ended = isScript(first.script.body)
      ? await this.runScript(first.script)
      : notAScript(first.script, this.firmware);
    if (ended.kind === 'leave') return ended.outcome;
    const because = ended.kind === 'error' ? ended.because : 'the script came to its end';
    return { kind: 'script-ended', succeeded: ended.kind === 'ok', because };
  }

  readonly fetch: FirmwareState['fetch'] = async (order) => {
    const base = this.#workingUrl === '' ? undefined : this.#workingUrl;
    if (!URL.canParse(order.url, base)) throw new FetchFailed('2e006080', `${order.url} is no address`);
    const url = new URL(order.url, base).href;
    return await fetchImage({ ...order, url }, this.#options.clock, this.#options.byteLimit);
  };

  /** Runs a script until it ends (`ok`, `error`) or the firmware hands over to something else (`leave`). */
  readonly runScript = async (script: LoadedImage): Promise<Effect> => {
    const calledFrom = this.#workingUrl;
    let current = script;
    for (;;) {
      this.#workingUrl = current.url;
      const ended = await this.#runLines(linesOf(current.body.toString('utf8')));
      if (ended.kind === 'replace') {
        current = ended.script;
        continue;
      }
      this.#workingUrl = calledFrom;
      return ended;
    }
  };

  async #runLines(lines: readonly string[]): Promise<Effect> {
    for (let at = 0; at < lines.length; at++) {
      if (++this.#lines > MOST_LINES) return { kind: 'error', errno: '0', because: 'the script goes round for ever' };
      const line = (lines[at] ?? '').trim();
      if (line.startsWith('#') || line.startsWith(':')) continue;
      const effect = await this.#runLine(line);
      switch (effect.kind) {
        case 'ok':
          continue;
        case 'goto': {
          const target = lines.findIndex((candidate) => candidate.trim().split(/\s/)[0] === `:${effect.label}`);
          if (target < 0) return { kind: 'error', errno: '2d066080', because: `no label ${effect.label}` };
          at = target;
          continue;
        }
        case 'exit':
          return effect.succeeded ? { kind: 'ok' } : { kind: 'error', errno: '1', because: 'the script gave up' };
        default:
          return effect;
      }
    }
    return { kind: 'ok' };
  }

  /** Runs `a && b || c`: each command, or not, by what became of the one before. */
  async #runLine(line: string): Promise<Effect> {
    let last: Effect = { kind: 'ok' };
    let runs = true;
    for (const command of commandsOf(line)) {
      if (runs) last = await this.#runCommand(command.words);
      if (last.kind !== 'ok' && last.kind !== 'error') return last;
      runs = command.then === (last.kind === 'ok' ? 'if-succeeded' : 'if-failed');
    }
    return last;
  }

  async #runCommand(words: readonly string[]): Promise<Effect> {
    const [name, ...rest] = words.map((word) => expand(word, (variable) => this.settings.text(variable)));
    if (name === undefined) return { kind: 'ok' };
    const run = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    const effect: Effect =
      run === undefined
        ? { kind: 'error', errno: '2e022081', because: `${name}: command not found` }
        : await this.#attempt(async () => await run(rest, this));
    if (effect.kind === 'error') this.settings.set('errno', effect.errno);
    return effect;
  }

  async #attempt(work: () => Promise<Effect>): Promise<Effect> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof FetchFailed)) throw error;
      this.say(error.message);
      return { kind: 'error', errno: error.errno, because: error.message };
    }
  }
}

function notAScript(image: LoadedImage, firmware: 'efi' | 'pcbios'): Effect {
  const because = `${image.url} is no boot script`;
  if (firmware === 'pcbios') return { kind: 'leave', outcome: { kind: 'hung', because } };
  return { kind: 'error', errno: '2e008081', because };
}
