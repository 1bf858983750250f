import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';

export interface MachineOptions {
  /** Started like a kernel: `ipxe.lkrn`, and the first script it runs. Used again after every restart: network first. */
  readonly ipxe: string;
  readonly script: string;
  readonly mac: string;
  readonly memoryMiB: number;
  readonly smbios?: {
    readonly uuid: string;
    readonly manufacturer: string;
    readonly product: string;
    readonly serial: string;
  };
  /** A raw disk image, seen by the guest as a virtio disk with the serial number `LABDISK1`. */
  readonly disk?: string;
}

/**
 * A BIOS machine in QEMU with a card on QEMU's own user-mode network: the host is 10.0.2.2, no right of root is needed. Plain
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

  async stop(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
  }
}

export const QEMU = 'qemu-system-x86_64';

function argumentsFor(options: MachineOptions): string[] {
  const { ipxe, script, mac, memoryMiB, smbios, disk } = options;
  return [
    ['-accel', 'tcg,tb-size=128', '-machine', 'q35', '-m', String(memoryMiB)],
    ['-nographic', '-nodefaults', '-serial', 'stdio', '-kernel', ipxe, '-initrd', script],
    // Without an IPv6 network iPXE does not wait 13 s for one.
    ['-netdev', 'user,id=n0,ipv6=off', '-device', `virtio-net-pci,netdev=n0,mac=${mac},romfile=`],
    ['-object', 'rng-random,id=r0,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=r0'],
    ...(smbios === undefined ? [] : [['-uuid', smbios.uuid, '-smbios', smbiosArgument(smbios)]]),
    ...(disk === undefined
      ? []
      : [
          ['-drive', `if=none,id=d0,format=raw,cache=unsafe,file=${comma(disk)}`],
          ['-device', 'virtio-blk-pci,drive=d0,serial=LABDISK1'],
        ]),
  ].flat();
}

function smbiosArgument(smbios: NonNullable<MachineOptions['smbios']>): string {
  const { manufacturer, product, serial } = smbios;
  return `type=1,manufacturer=${comma(manufacturer)},product=${comma(product)},serial=${comma(serial)}`;
}

/** QEMU separates options by commas; a comma in a value is written twice. */
function comma(value: string): string {
  return value.replaceAll(',', ',,');
}
