import type { PretendImage } from './pretend-image.ts';

/** What an installer has written about the system it makes. */
export interface SystemFacts {
  readonly hostName: string;
  /** DNS name of the domain the answer file joins, or '' for none. */
  readonly domain: string;
  readonly remoteDesktop: boolean;
  /** Files with secrets in them that the installation left behind, for the agent to remove. */
  readonly leftovers: readonly string[];
  /** What the image holds; null for a real image, which nobody here can read. */
  readonly os: PretendImage | null;
  /** Index of the edition in the image. */
  readonly imageIndex: string;
  /** Where its agent finds the service, and what it may enrol with. */
  readonly serviceUrl: string;
  readonly enrolmentToken: string;
}

/** The operating system on a simulated disk, with what its agent keeps there. */
export interface InstalledSystem extends SystemFacts {
  readonly family: 'windows' | 'linux';
  readonly clientKey: string;
  readonly bootId: string;
  readonly enrolled: {
    readonly deviceKey: string;
    readonly systemId: string;
    readonly reportEverySeconds: number;
  } | null;
  readonly reports: number;
}

export type Disk =
  | { readonly holds: 'nothing' }
  /** Erased; whatever the installer has put on it so far. */
  | { readonly holds: 'half-a-system' }
  | { readonly holds: 'a-system'; readonly system: InstalledSystem };

/** What an installer has in memory: all that a power cycle takes away. */
export interface InstallerMemory {
  readonly family: 'windows' | 'linux';
  /** The service's address and the nonce, as the boot script handed them over. */
  readonly serviceUrl: string;
  readonly nonce: string;
  /** Chosen before they are used, so that a lost answer can be asked for again. */
  readonly clientKey: string;
  readonly permitKey: string;
  readonly token: string | null;
  /** How many events were sent; the next has this number plus one. */
  readonly events: number;
  readonly stepsDone: number;
  /** Texts the installer was started with or has fetched, by name: its script, its settings. Never a secret. */
  readonly files: Readonly<Record<string, string>>;
  readonly facts: SystemFacts;
}

export const NO_FACTS: SystemFacts = {
  hostName: '',
  domain: '',
  remoteDesktop: false,
  leftovers: [],
  os: null,
  imageIndex: '1',
  serviceUrl: '',
  enrolmentToken: '',
};

/** All of a machine. Plain JSON: saved, it is a machine put to sleep, and wakes up where it was. */
export interface MachineState {
  readonly at: 'off' | 'firmware' | 'installer' | 'system';
  readonly disk: Disk;
  readonly installer: InstallerMemory | null;
}

export const NEW_MACHINE: MachineState = { at: 'off', disk: { holds: 'nothing' }, installer: null };
