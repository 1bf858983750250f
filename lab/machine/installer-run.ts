import type { Callbacks } from './callbacks.ts';
import type { Clock } from './clock.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { Identity } from './ipxe/settings.ts';
import type { InstallerMemory, SystemFacts } from './state.ts';
import { NoAnswer, send } from './transport.ts';

/** How an installer's requests look on the wire: each kind of installer has its own small tools. */
export interface Wire {
  readonly encode: (
    url: string,
    fields: Readonly<Record<string, string | number>>,
  ) => { readonly url: string; readonly body: string; readonly headers: Readonly<Record<string, string>> };
}

/** One kind of installer: its small tools and its work in order. */
export interface Persona {
  readonly family: 'windows' | 'linux';
  readonly wire: Wire;
  readonly steps: readonly {
    readonly name: string;
    /** How long a real machine needs, roughly. */
    readonly seconds: number;
    readonly work: (run: InstallerRun, seconds: number) => Promise<void>;
  }[];
}

export interface InstallerTools {
  readonly clock: Clock;
  readonly callbacks: Callbacks;
  readonly faults: FaultPlan;
  readonly identity: Identity;
  readonly byteLimit: number | undefined;
  readonly say: (text: string) => void;
  readonly save: (memory: InstallerMemory) => Promise<void>;
}

/** One event as a step reports it. */
export interface Progress {
  readonly step: string;
  readonly status: 'started' | 'progress' | 'done' | 'failed';
  readonly percent?: number;
  readonly reason?: string;
  readonly message?: string;
}

/** Something the installer needed and did not get: the end of this installation. */
export class InstallationFailed extends Error {
  override readonly name = 'InstallationFailed';
  readonly reason: string;

  constructor(reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

const DOWNLOAD_TRIES = 5;

/** An installer at work: its memory, and the few things it can do with the service. */
export class InstallerRun {
  memory: InstallerMemory;
  readonly tools: InstallerTools;
  readonly #wire: Wire;
  /** Held back so that it arrives late, when the machine is to reorder. */
  #late: Progress | undefined;

  constructor(memory: InstallerMemory, wire: Wire, tools: InstallerTools) {
    this.memory = memory;
    this.tools = tools;
    this.#wire = wire;
  }

  async remember(changes: Partial<InstallerMemory>): Promise<void> {
    this.memory = { ...this.memory, ...changes };
    await this.tools.save(this.memory);
  }

  /** Adds to what is known of the system that is being made. */
  async learn(facts: Partial<SystemFacts>): Promise<void> {
    await this.remember({ facts: { ...this.memory.facts, ...facts } });
  }

  async keep(name: string, text: string): Promise<void> {
    await this.remember({ files: { ...this.memory.files, [name]: text } });
  }

  /** Nonce for token, once. After an interruption the same key gets the same answer. */
  async exchange(): Promise<void> {
    if (this.memory.token !== null) return;
    const { nonce, clientKey } = this.memory;
    const token = await this.#exchangeAs(clientKey);
    await this.remember({ token });
    this.tools.callbacks.acknowledged.push({ speaker: token, key: 'exchange' });
    if (!this.tools.faults.replaysNonce()) return;
    this.tools.say(`somebody else exchanges the nonce ${nonce.slice(0, 8)}… too`);
    await this.#exchangeAs(`${clientKey.slice(0, 32)}-other`).catch((refused: unknown) => {
      this.tools.say(`the other one was told: ${String(refused)}`);
    });
  }

  async #exchangeAs(clientKey: string): Promise<string> {
    const { serviceUrl, nonce } = this.memory;
    const answer = await this.tools.callbacks.deliver({
      ...this.#wire.encode(`${serviceUrl}/d/${nonce}/exchange`, { clientKey, firmware: this.tools.identity.firmware }),
      speaker: null,
      key: 'exchange',
    });
    return word(answer.body);
  }

  async askWipePermit(disk: string): Promise<void> {
    const answer = await this.tools.callbacks.deliver({
      ...this.#wire.encode(this.#own('wipe-permit'), { permitKey: this.memory.permitKey, disk }),
      speaker: this.#token(),
      key: 'wipe-permit',
    });
    if (word(answer.body) !== 'GRANT')
      throw new InstallationFailed('no-permit', `the permit to erase says ${word(answer.body)}`);
  }

  /** Reports one thing. When told to reorder, every second progress event waits for the one after it. */
  async report(progress: Progress): Promise<void> {
    if (this.tools.faults.reorders && progress.status === 'progress' && this.#late === undefined) {
      this.#late = progress;
      return;
    }
    const late = this.#late;
    this.#late = undefined;
    // The numbers say in which order things happened, the arrival says something else.
    const first = this.memory.events + 1;
    if (late === undefined) {
      await this.#post(progress, first);
      await this.remember({ events: first });
    } else {
      await this.#post(progress, first + 1);
      await this.#post(late, first);
      await this.remember({ events: first + 1 });
    }
  }

  async #post({ step, status, percent, reason, message }: Progress, seq: number): Promise<void> {
    const fields = {
      seq,
      step,
      status,
      ...(percent !== undefined && { percent }),
      ...(reason !== undefined && { reason }),
      ...(message !== undefined && { message }),
    };
    await this.tools.callbacks.deliver({
      ...this.#wire.encode(this.#own('events'), fields),
      speaker: this.#token(),
      key: `seq:${seq}`,
    });
  }

  async sendInventory(): Promise<void> {
    const { manufacturer, product, serial, uuid, mac } = this.tools.identity;
    await this.tools.callbacks.deliver({
      ...this.#wire.encode(this.#own('inventory'), {
        manufacturer,
        model: product,
        serial,
        smbiosUuid: uuid,
        memoryMiB: 8192,
        cpu: 'Simulated processor',
        disks: 'disk 0: 64000 MB',
        nics: mac,
      }),
      speaker: this.#token(),
      key: 'inventory',
    });
  }

  async uploadLog(name: string, text: string): Promise<void> {
    await this.tools.callbacks.deliver({
      url: `${this.#own('logs')}?name=${name}`,
      headers: { 'content-type': 'text/plain', accept: 'text/plain' },
      body: text,
      speaker: null,
      key: `log:${name}`,
    });
  }

  /** A rendered file, fetched with the attempt token. */
  async file(name: string): Promise<string> {
    return (await this.download(this.#own(name), undefined)).toString('utf8');
  }

  /** A file, whole or up to the limit; tried again while the service is away. */
  async download(url: string, byteLimit: number | undefined): Promise<Buffer> {
    for (let tries = 1; ;) {
      const answer = await send(url, { byteLimit }, this.tools.clock).catch((error: unknown) => {
        if (error instanceof NoAnswer) return undefined;
        throw error;
      });
      if (answer !== undefined && answer.status < 300) return answer.body;
      const final = answer !== undefined && answer.status < 500;
      // A service that is away is no fault of the file; only answers are counted.
      if (answer !== undefined) tries++;
      if (final || tries > DOWNLOAD_TRIES)
        throw new InstallationFailed('download-failed', `${url} answered ${answer?.status ?? 'nothing'}`);
      await this.tools.clock.pause(500);
    }
  }

  #own(name: string): string {
    return `${this.memory.serviceUrl}/d/${this.#token()}/${name}`;
  }

  #token(): string {
    if (this.memory.token === null) throw new Error('the installer has no token yet');
    return this.memory.token;
  }
}

/** The single word of a `text/plain` answer. */
function word(body: Buffer): string {
  return body.toString('utf8').trim();
}
