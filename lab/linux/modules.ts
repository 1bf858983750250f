import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BuildError, run } from './run.ts';

/** What the kernel must be able to drive: folders or single modules below `kernel/`, without `.ko`. */
export interface Hardware {
  readonly kernelPackage: string;
  readonly wanted: readonly string[];
}

const FILE_SYSTEMS = [
  'fs/ext4',
  'fs/xfs',
  'fs/btrfs',
  'fs/fat',
  'fs/nls/nls_cp437',
  'fs/nls/nls_ascii',
  'fs/nls/nls_iso8859-1',
];

/**
 * `any`: Debian's general kernel with the drivers of wired network cards, disk controllers and virtual machines. Cards that
 * need firmware files from non-free packages are not served. `virtual`: the small kernel for virtual machines only.
 */
export const HARDWARE = {
  any: {
    kernelPackage: 'linux-image-amd64',
    wanted: [
      'drivers/net/ethernet',
      'drivers/net/virtio_net',
      'drivers/net/vmxnet3',
      'drivers/net/hyperv',
      'drivers/net/phy',
      'drivers/net/mdio',
      'drivers/ata',
      'drivers/nvme',
      'drivers/scsi',
      'drivers/message/fusion',
      'drivers/block/virtio_blk',
      'drivers/block/xen-blkfront',
      'drivers/mmc',
      'drivers/virtio',
      'drivers/hv',
      'drivers/char/hw_random/virtio-rng',
      'arch/x86/crypto/crc32c-intel',
      'crypto/crc32c_generic',
      ...FILE_SYSTEMS,
    ],
  },
  virtual: {
    kernelPackage: 'linux-image-cloud-amd64',
    wanted: [
      'drivers/net/virtio_net',
      'drivers/net/vmxnet3',
      'drivers/net/hyperv',
      'drivers/block/virtio_blk',
      'drivers/ata',
      'drivers/nvme',
      'drivers/scsi',
      'drivers/virtio',
      'drivers/hv',
      'drivers/char/hw_random/virtio-rng',
      ...FILE_SYSTEMS,
    ],
  },
} as const satisfies Readonly<Record<string, Hardware>>;
export type HardwareName = keyof typeof HARDWARE;

/** The release of the kernel in an unpacked package, such as `6.1.0-56-amd64`. */
export async function kernelRelease(packageRoot: string): Promise<string> {
  const [release, ...others] = await readdir(path.join(packageRoot, 'lib', 'modules'));
  if (release === undefined || others.length > 0) throw new BuildError(`not one kernel in ${packageRoot}`);
  return release;
}

/** Copies the wanted modules and all they depend on to `target`, with the index that modprobe reads. */
export async function copyModules(options: {
  readonly packageRoot: string;
  readonly busybox: string;
  readonly wanted: readonly string[];
  readonly target: string;
}): Promise<void> {
  const { packageRoot, busybox, wanted, target } = options;
  const release = await kernelRelease(packageRoot);
  const source = path.join(packageRoot, 'lib', 'modules', release);
  await run(busybox, ['depmod', '-b', packageRoot, release], { package: 'busybox-static' });
  const dependencies = parseDependencies(await readFile(path.join(source, 'modules.dep'), 'utf8'));
  const destination = path.join(target, 'lib', 'modules', release);
  for (const file of closure(wanted, dependencies)) await cp(path.join(source, file), path.join(destination, file));
  for (const name of ['modules.builtin', 'modules.order'])
    await cp(path.join(source, name), path.join(destination, name));
  await run(busybox, ['depmod', '-b', target, release], { package: 'busybox-static' });
  // The index follows the order of the folder, which differs from disk to disk; nobody reads the symbols.
  for (const name of ['modules.dep', 'modules.alias']) {
    const index = path.join(destination, name);
    const lines = (await readFile(index, 'utf8')).split('\n').filter((line) => line !== '');
    await writeFile(index, `${lines.sort().join('\n')}\n`);
  }
  await rm(path.join(destination, 'modules.symbols'), { force: true });
}

/** Lines of modules.dep: `kernel/a.ko: kernel/b.ko kernel/c.ko`, the right side complete. */
export function parseDependencies(text: string): ReadonlyMap<string, readonly string[]> {
  const lines = text.split('\n').filter((line) => line.includes(':'));
  return new Map(
    lines.map((line) => {
      const [file = '', rest = ''] = line.split(':');
      return [file, rest.split(' ').filter((name) => name !== '')];
    }),
  );
}

/** Modules that a prefix of `wanted` names, and what they need, in stable order. */
export function closure(
  wanted: readonly string[],
  dependencies: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const names = wanted.map((name) => `kernel/${name}`);
  const asked = [...dependencies.keys()].filter((file) =>
    names.some((name) => file.startsWith(`${name}/`) || file.replace(/\.ko(\.\w+)?$/, '') === name),
  );
  const all = new Set<string>();
  const add = (file: string) => {
    if (all.has(file)) return;
    all.add(file);
    for (const needed of dependencies.get(file) ?? []) add(needed);
  };
  asked.forEach(add);
  return [...all].sort();
}
