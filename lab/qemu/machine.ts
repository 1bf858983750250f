import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import path from 'node:path';

export interface MachineOptions {
  readonly boot: Boot;
  readonly mac: string;
  readonly memoryMiB: number;
  readonly smbios?: Smbios;
  /** Raw disk images (or `fat:rw:FOLDER`), seen by the guest as virtio disks with the serial numbers `LABDISK1`, `LABDISK2` … */
  readonly disks?: readonly string[];
  /** Let QEMU end when the guest restarts. */
  readonly endsOnRestart?: boolean;
}

/**
 * `bios`: what SeaBIOS starts, again after every restart: `ipxe.lkrn` with its first script, or a Linux with its initrd.
 * `uefi`: OVMF with its variables, and iPXE in the network card, which is told the script's address by DHCP.
 */
export type Boot =
  | { readonly kind: 'bios'; readonly kernel: string; readonly initrd: string; readonly kernelArguments?: string }
  | {
      readonly kind: 'uefi';
      readonly code: string;
      readonly variables: string;
      readonly networkCardRom: string;
      readonly scriptUrl: string;
    };

export interface Smbios {
  readonly uuid: string;
  readonly manufacturer: string;
  readonly product: string;
  readonly serial: string;
}

/**
 * A machine in QEMU with a card on QEMU's own user-mode network: the host is 10.0.2.2, no right of root is needed. Plain
 * emulation, never KVM: it must run where the machine is itself a guest.
 */
export class QemuMachine {
  readonly #process: ChildProcess;
  readonly #heard = new EventEmitter();
  readonly #exited: Promise<number | null>;
  #console = '';

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.#exited = once(process, 'exit').then(([code]) => code as number | null);
    for (const stream of [process.stdout, process.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#console += text;
        this.#heard.emit('text');
      });
  }

  static async start(options: MachineOptions): Promise<QemuMachine> {
    // However we end, the machine ends with us.
    const bound = ['--pdeathsig', 'KILL', QEMU, ...argumentsFor(options)];
    const child = spawn('setpriv', bound, { stdio: ['ignore', 'pipe', 'pipe'] });
    const machine = new QemuMachine(child);
    await once(child, 'spawn');
    return machine;
  }

  /** All the machine has shown so far, without terminal sequences. */
  get console(): string {
    // eslint-disable-next-line no-control-regex -- terminal sequences start with the escape character
    return this.#console.replaceAll(/\u001b(\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|c)/g, '');
  }

  /** Until the console shows the pattern; fails with the console's end when the time is up or the machine is gone. */
  async waitFor(pattern: RegExp, timeoutSeconds: number): Promise<void> {
    const timeUp = AbortSignal.timeout(timeoutSeconds * 1_000);
    while (!pattern.test(this.console)) {
      const why =
        this.#process.exitCode !== null ? 'the machine has ended' : timeUp.aborted ? 'the time is up' : undefined;
      if (why !== undefined)
        throw new Error(`${String(pattern)} did not appear, ${why}:\n${this.console.slice(-2_000)}`);
      await Promise.race([once(this.#heard, 'text', { signal: timeUp }), this.#exited]).catch(() => undefined);
    }
  }

  /** QEMU's exit code once it ends by itself. */
  async ended(timeoutSeconds: number): Promise<number | null> {
    const timeUp = AbortSignal.timeout(timeoutSeconds * 1_000);
    const late = once(timeUp, 'abort').then(() => {
      throw new Error(`the machine still runs after ${timeoutSeconds} s:\n${this.console.slice(-2_000)}`);
    });
    return Promise.race([this.#exited, late]);
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
  }
}

export const QEMU = 'qemu-system-x86_64';

function argumentsFor(options: MachineOptions): string[] {
  const { boot, mac, memoryMiB, smbios, disks = [], endsOnRestart = false } = options;
  return [
    ['-accel', 'tcg,tb-size=128', '-machine', 'q35', '-m', String(memoryMiB)],
    ['-nographic', '-nodefaults', '-serial', 'stdio'],
    ...bootArguments(boot, mac),
    ['-object', 'rng-random,id=r0,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=r0'],
    ...(smbios === undefined ? [] : [['-uuid', smbios.uuid, '-smbios', smbiosArgument(smbios)]]),
    ...disks.map((disk, index) => diskArguments(disk, index + 1)),
    ...(endsOnRestart ? [['-no-reboot']] : []),
  ].flat();
}

/** Without an IPv6 network iPXE does not wait 13 s for one. */
const NETWORK = 'user,id=n0,ipv6=off';

function bootArguments(boot: Boot, mac: string): string[][] {
  const card = `virtio-net-pci,netdev=n0,mac=${mac},bootindex=1`;
  switch (boot.kind) {
    case 'bios':
      return [
        ['-kernel', boot.kernel, '-initrd', boot.initrd],
        ...(boot.kernelArguments === undefined ? [] : [['-append', boot.kernelArguments]]),
        ['-netdev', NETWORK, '-device', `${card},romfile=`],
      ];
    case 'uefi':
      return [
        ['-drive', `if=pflash,format=raw,readonly=on,file=${comma(boot.code)}`],
        ['-drive', `if=pflash,format=raw,file=${comma(boot.variables)}`],
        // QEMU names the boot file only when it serves files itself; the folder may be any.
        ['-netdev', `${NETWORK},tftp=${comma(path.dirname(boot.variables))},bootfile=${comma(boot.scriptUrl)}`],
        ['-device', `${card},romfile=${comma(boot.networkCardRom)}`],
      ];
  }
}

/** A place in the boot order, or UEFI would not wake the disk for the boot loader that looks for it. */
function diskArguments(file: string, number: number): string[] {
  return [
    ['-drive', `if=none,id=d${number},format=raw,cache=unsafe,file=${comma(file)}`],
    ['-device', `virtio-blk-pci,drive=d${number},serial=LABDISK${number},bootindex=${number + 1}`],
  ].flat();
}

function smbiosArgument({ manufacturer, product, serial }: Smbios): string {
  return `type=1,manufacturer=${comma(manufacturer)},product=${comma(product)},serial=${comma(serial)}`;
}

/** QEMU separates options by commas; a comma in a value is written twice. */
function comma(value: string): string {
  return value.replaceAll(',', ',,');
}
