import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { debianPackage } from '../linux/debian.ts';
import { QEMU } from './machine.ts';
import type { Boot } from './machine.ts';

/** Debian's build of iPXE from 2019, the oldest that our scripts must run on. Not installed: taken from the package. */
export async function ipxeKernel(cacheDir: string): Promise<string> {
  const { root } = await debianPackage('ipxe', cacheDir);
  return path.join(root, 'usr', 'lib', 'ipxe', 'ipxe.lkrn');
}

/** A UEFI machine's firmware, with variables of its own in `dir`, that boots into the script at `scriptUrl`. */
export async function uefiBoot(cacheDir: string, dir: string, scriptUrl: string): Promise<Boot> {
  const firmware = path.join((await debianPackage('ovmf', cacheDir)).root, 'usr', 'share', 'OVMF');
  const roms = path.join((await debianPackage('ipxe-qemu', cacheDir)).root, 'usr', 'lib', 'ipxe', 'qemu');
  const variables = path.join(dir, 'variables.fd');
  await cp(path.join(firmware, 'OVMF_VARS_4M.fd'), variables);
  return {
    kind: 'uefi',
    code: path.join(firmware, 'OVMF_CODE_4M.fd'),
    variables,
    networkCardRom: path.join(roms, 'efi-virtio.rom'),
    scriptUrl,
  };
}

/** What DHCP would say, as a script: address by hand, so that nothing is waited for, then on to `url`. */
export function firstScript(url: string): string {
  return [
    '#!ipxe',
    'set net0/ip 10.0.2.15',
    'set net0/netmask 255.255.255.0',
    'set net0/gateway 10.0.2.2',
    'ifopen net0',
    `chain --autofree --replace ${url}`,
    '',
  ].join('\n');
}

/** Why the lab cannot run here, in one sentence, or undefined when it can. */
export function labIsMissing(): string | undefined {
  for (const [program, name] of [
    [QEMU, 'qemu-system-x86'],
    ['setpriv', 'util-linux'],
    ['apt-get', 'apt'],
    ['dpkg-deb', 'dpkg'],
  ] as const) {
    try {
      execFileSync(program, ['--version'], { stdio: 'ignore' });
    } catch {
      return `The lab needs ${program}, which does not run here. Cure: apt-get install ${name}`;
    }
  }
  return undefined;
}

/** A folder for one machine's disk and script, gone when `use` has ended. */
export async function inScratch<T>(use: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(path.join(tmpdir(), 'octofleet-lab-'));
  try {
    return await use(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Writes a small file of the scratch folder and returns its path. */
export async function put(dir: string, name: string, content: string | Buffer): Promise<string> {
  const file = path.join(dir, name);
  await writeFile(file, content);
  return file;
}
