import type { LoadedImage, FetchOrder } from './images.ts';
import { isScript } from './line.ts';
import type { Settings } from './settings.ts';

/** How the firmware's part of a start ended. */
export type BootOutcome =
  | { readonly kind: 'kernel'; readonly kernel: LoadedImage; readonly initrds: readonly LoadedImage[] }
  | { readonly kind: 'local-disk'; readonly by: string }
  | { readonly kind: 'reboot' }
  /** There was nobody to boot from. */
  | { readonly kind: 'no-answer'; readonly because: string }
  /** The script ended; what happens next is the firmware's own affair. */
  | { readonly kind: 'script-ended'; readonly succeeded: boolean; readonly because: string }
  /** The machine stands still until somebody resets it. */
  | { readonly kind: 'hung'; readonly because: string };

/** What a command does to the script it stands in. */
export type Effect =
  | { readonly kind: 'ok' }
  | { readonly kind: 'error'; readonly errno: string; readonly because: string }
  | { readonly kind: 'goto'; readonly label: string }
  | { readonly kind: 'exit'; readonly succeeded: boolean }
  | { readonly kind: 'replace'; readonly script: LoadedImage }
  | { readonly kind: 'leave'; readonly outcome: BootOutcome };

/** The firmware as a command may use it. */
export interface FirmwareState {
  readonly firmware: 'efi' | 'pcbios';
  readonly settings: Settings;
  readonly images: { kernel: LoadedImage | undefined; initrds: LoadedImage[] };
  readonly say: (text: string) => void;
  readonly wait: (seconds: number) => Promise<void>;
  readonly fetch: (order: FetchOrder) => Promise<LoadedImage>;
  readonly runScript: (script: LoadedImage) => Promise<Effect>;
}

type Run = (words: readonly string[], firmware: FirmwareState) => Effect | Promise<Effect>;

const OK: Effect = { kind: 'ok' };
const failed = (errno: string, because: string): Effect => ({ kind: 'error', errno, because });

/**
 * The commands of the oldest iPXE that distributions still ship. A command that is not in here does not exist for a
 * simulated machine either, so a script that relies on a newer build fails here too.
 */
export const COMMANDS: Readonly<Record<string, Run>> = {
  echo: (words, { say }) => {
    say(words.filter((word) => word !== '-n').join(' '));
    return OK;
  },
  set: ([name = '', ...value], { settings }) => {
    settings.set(name, value.join(' '));
    return OK;
  },
  clear: ([name = ''], { settings }) => {
    settings.clear(name);
    return OK;
  },
  inc: ([name = '', step = '1'], { settings }) => {
    settings.add(name, Number(step));
    return OK;
  },
  // `isset` is written with the value (`isset ${x}`), so an unset variable leaves it without an argument.
  isset: ([value = '']) => (value === '' ? failed('2d2c6080', 'not set') : OK),
  iseq: ([a = '', b = '']) => (a === b ? OK : failed('46022022', `${a} is not ${b}`)),
  sleep: async ([seconds = '0'], { wait }) => {
    await wait(Number(seconds));
    return OK;
  },
  // Nobody presses a key at a machine that nobody touches.
  prompt: async (words, { wait }) => {
    await wait(Number(optionsOf(words).options['timeout'] ?? 0) / 1000);
    return failed('4c036092', 'no key was pressed');
  },
  goto: ([label = '']) => ({ kind: 'goto', label }),
  exit: ([status = '0']) => ({ kind: 'exit', succeeded: status === '0' }),
  reboot: () => ({ kind: 'leave', outcome: { kind: 'reboot' } }),
  dhcp: () => OK,
  ifopen: () => OK,
  ifclose: () => OK,
  ifconf: () => OK,
  ifstat: () => OK,
  sync: () => OK,
  cpuid: () => OK,
  imgstat: () => OK,
  imgfree: (_words, { images }) => {
    images.kernel = undefined;
    images.initrds = [];
    return OK;
  },
  kernel: async (words, firmware) => {
    firmware.images.kernel = await firmware.fetch(orderOf(words));
    return OK;
  },
  initrd: loadInitrd,
  module: loadInitrd,
  imgfetch: loadInitrd,
  boot: (words, { images }) => {
    if (words.length > 0) return failed('2d0d6080', `boot ${words.join(' ')}: no such image`);
    // Nothing selected counts as success, and the script runs on.
    if (images.kernel === undefined) return OK;
    return { kind: 'leave', outcome: { kind: 'kernel', kernel: images.kernel, initrds: images.initrds } };
  },
  chain: async (words, firmware) => {
    const image = await firmware.fetch(orderOf(words));
    if (!isScript(image.body)) return execute(image, firmware);
    if (optionsOf(words).options['replace'] !== undefined) return { kind: 'replace', script: image };
    return await firmware.runScript(image);
  },
  sanboot: (words, { firmware }) =>
    firmware === 'pcbios'
      ? { kind: 'leave', outcome: { kind: 'local-disk', by: `sanboot ${words.join(' ')}` } }
      : failed('2c222087', 'no such device: a local disk cannot be started this way on UEFI'),
};

async function loadInitrd(words: readonly string[], firmware: FirmwareState): Promise<Effect> {
  firmware.images.initrds.push(await firmware.fetch(orderOf(words)));
  return OK;
}

/** UEFI runs its own program format and refuses the rest. A BIOS jumps into whatever it was given. */
function execute(image: LoadedImage, { firmware }: FirmwareState): Effect {
  if (firmware === 'pcbios')
    return { kind: 'leave', outcome: { kind: 'hung', because: `${image.url} is neither a script nor a kernel` } };
  if (image.body.subarray(0, 2).toString('latin1') !== 'MZ') return failed('2e008081', 'Exec format error');
  return { kind: 'leave', outcome: { kind: 'local-disk', by: image.name } };
}

const OPTIONS_WITH_VALUE = new Set(['name', 'timeout', 'drive', 'key']);
const SHORT: Readonly<Record<string, string>> = { n: 'name', t: 'timeout', d: 'drive', a: 'autofree', r: 'replace' };

function optionsOf(words: readonly string[]): {
  readonly options: Readonly<Record<string, string>>;
  readonly rest: readonly string[];
} {
  const options: Record<string, string> = {};
  let at = 0;
  for (; words[at]?.startsWith('-') === true; at++) {
    const [word = '', joined] = (words[at] ?? '').replace(/^-+/, '').split('=');
    const name = SHORT[word] ?? word;
    options[name] = joined ?? (OPTIONS_WITH_VALUE.has(name) ? (words[++at] ?? '') : 'yes');
  }
  return { options, rest: words.slice(at) };
}

function orderOf(words: readonly string[]): FetchOrder {
  const { options, rest } = optionsOf(words);
  const [url = '', ...following] = rest;
  return {
    url,
    name: options['name'],
    arguments: following,
    timeoutMs: options['timeout'] === undefined ? undefined : Number(options['timeout']),
  };
}
