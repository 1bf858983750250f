import { EventEmitter } from 'node:events';
import { runAgent } from './agent-run.ts';
import { Callbacks, Refused } from './callbacks.ts';
import type { Acknowledged } from './callbacks.ts';
import { clockAt } from './clock.ts';
import type { Clock } from './clock.ts';
import { FaultPlan } from './fault-plan.ts';
import type { Faults } from './faults.ts';
import { installerIn, runInstaller } from './installer.ts';
import { bootFromNetwork } from './ipxe/firmware.ts';
import type { Identity } from './ipxe/settings.ts';
import { NEW_MACHINE } from './state.ts';
import type { InstallerMemory, MachineState } from './state.ts';

export interface SimulatedMachineOptions {
  /** Where its network boot leads: the service, without a slash at the end. */
  readonly baseUrl: string;
  readonly identity: Identity;
  readonly signal: AbortSignal;
  /** How many of its seconds pass in one of ours; 1 is as slow as a real machine. */
  readonly speed?: number;
  /** How much of each stored file it fetches; all of it when not given. */
  readonly byteLimit?: number;
  readonly faults?: Faults;
  /** A machine put to sleep earlier, to wake up where it was. */
  readonly state?: MachineState;
  /** Called with every new state, before the machine goes on. */
  readonly save?: (state: MachineState) => Promise<void>;
}

/** How a machine's run ended. */
export type Outcome =
  /** The system is installed, and the service found everything as promised. */
  | { readonly ended: 'verified' }
  /** Its agent was refused for good. */
  | { readonly ended: 'refused'; readonly because: string }
  | { readonly ended: 'silent' }
  | { readonly ended: 'hung'; readonly because: string }
  /** It was told to start from its disk, often enough, and there is nothing on it. */
  | { readonly ended: 'nothing-to-start' };

const SELF_TEST_SECONDS = 20;
const SYSTEM_START_SECONDS = { windows: 90, linux: 30 } as const;
const NEXT_TRY_SECONDS = 30;
const SERVICE_AWAY_PAUSE_MS = 500;
/** How often it starts with an empty disk before it gives up; its firmware would go on for ever. */
const TRIES_WITHOUT_SYSTEM = 5;

/** What one stage of a machine's life leads to. */
type Next = MachineState | Outcome;

/**
 * A machine that exists only here, and speaks to the service as a real one would (D13). It begins switched off; `run`
 * switches it on and lives its life until it is a system or stands still. Running it again is a power cycle.
 * Events: `screen` with each line it shows, `state` with each state it reaches.
 */
export class SimulatedMachine extends EventEmitter<{ screen: [string]; state: [MachineState] }> {
  readonly #options: SimulatedMachineOptions;
  readonly #clock: Clock;
  readonly #faults: FaultPlan;
  readonly #callbacks: Callbacks;
  #state: MachineState;
  #startsWithoutSystem = 0;

  constructor(options: SimulatedMachineOptions) {
    super();
    this.#options = options;
    this.#clock = clockAt(options.speed ?? 1, options.signal);
    this.#faults = new FaultPlan(options.faults ?? {});
    this.#callbacks = new Callbacks({ clock: this.#clock, copies: this.#faults.copies });
    this.#state = options.state ?? NEW_MACHINE;
  }

  /** Every callback that the service has answered 2xx, in that order. */
  get acknowledged(): readonly Acknowledged[] {
    return this.#callbacks.acknowledged;
  }

  get state(): MachineState {
    return this.#state;
  }

  async run(): Promise<Outcome> {
    for (;;) {
      const next = await this.#live();
      if ('ended' in next) {
        if (next.ended !== 'verified') await this.#become({ ...this.#state, at: 'off', installer: null });
        return next;
      }
      await this.#become(next);
    }
  }

  async #live(): Promise<Next> {
    switch (this.#state.at) {
      case 'off':
        return { ...this.#state, at: 'firmware', installer: null };
      case 'firmware':
        return await this.#start();
      case 'installer':
        return await this.#install();
      case 'system':
        return await this.#beASystem();
    }
  }

  async #start(): Promise<Next> {
    await this.#clock.wait(SELF_TEST_SECONDS);
    const { baseUrl, identity, byteLimit } = this.#options;
    const say = (text: string) => this.#say(text);
    const boot = await bootFromNetwork(`${baseUrl}/boot.ipxe`, { identity, clock: this.#clock, byteLimit, say });
    switch (boot.kind) {
      case 'kernel': {
        const installer = installerIn(boot);
        if (installer === undefined)
          return { ended: 'hung', because: `${boot.kernel.url} starts nothing that this machine knows` };
        return { ...this.#state, at: 'installer', installer };
      }
      case 'reboot':
        return this.#state;
      case 'hung':
        return { ended: 'hung', because: boot.because };
      case 'no-answer':
      case 'local-disk':
      case 'script-ended':
        return await this.#startFromDisk(boot.kind);
    }
  }

  async #startFromDisk(after: 'no-answer' | 'local-disk' | 'script-ended'): Promise<Next> {
    if (this.#state.disk.holds === 'a-system') return { ...this.#state, at: 'system' };
    if (after === 'no-answer') await this.#clock.pause(SERVICE_AWAY_PAUSE_MS);
    else if (++this.#startsWithoutSystem >= TRIES_WITHOUT_SYSTEM) return { ended: 'nothing-to-start' };
    this.#say('no operating system on the disk');
    await this.#clock.wait(NEXT_TRY_SECONDS);
    return this.#state;
  }

  async #install(): Promise<Next> {
    const { installer } = this.#state;
    if (installer === null) return { ...this.#state, at: 'firmware' };
    const { byteLimit, identity } = this.#options;
    const end = await runInstaller(
      installer,
      {
        clock: this.#clock,
        callbacks: this.#callbacks,
        faults: this.#faults,
        identity,
        byteLimit,
        say: (text) => this.#say(text),
        save: async (memory: InstallerMemory) => await this.#become({ ...this.#state, installer: memory }),
      },
      async () => await this.#become({ ...this.#state, disk: { holds: 'half-a-system' } }),
    );
    switch (end.kind) {
      case 'installed':
        return { at: 'firmware', disk: { holds: 'a-system', system: end.system }, installer: null };
      case 'starts-again':
        this.#say(`starts again: ${end.because}`);
        return { ...this.#state, at: 'firmware', installer: null };
      case 'silent':
        return { ended: 'silent' };
    }
  }

  async #beASystem(): Promise<Next> {
    const { disk } = this.#state;
    if (disk.holds !== 'a-system') return { ...this.#state, at: 'firmware' };
    if (disk.system.enrolled === null) await this.#clock.wait(SYSTEM_START_SECONDS[disk.system.family]);
    try {
      await runAgent(disk.system, {
        clock: this.#clock,
        callbacks: this.#callbacks,
        faults: this.#faults,
        identity: this.#options.identity,
        say: (text) => this.#say(text),
        save: async (system) => await this.#become({ ...this.#state, disk: { holds: 'a-system', system } }),
      });
      return { ended: 'verified' };
    } catch (error) {
      if (error instanceof Refused) return { ended: 'refused', because: error.message };
      throw error;
    }
  }

  async #become(state: MachineState): Promise<void> {
    this.#state = state;
    await this.#options.save?.(state);
    this.emit('state', state);
  }

  #say(text: string): void {
    this.emit('screen', text);
  }
}
