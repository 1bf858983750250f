import { Buffer } from 'node:buffer';
import { chmod, cp, mkdir, open, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { builtFile, folderOnce, keyOf } from './cache.ts';
import type { BuiltFile } from './cache.ts';
import { cpio } from './cpio.ts';
import { debianPackage } from './debian.ts';
import type { DebianPackage } from './debian.ts';
import { buildBiosGrub } from './grub.ts';
import { HARDWARE, copyModules, kernelRelease } from './modules.ts';
import { run } from './run.ts';
import { treeEntries } from './tree.ts';

const MIB = 1024 * 1024;
const PARTITION_START = MIB;
const DISK_BYTES = 48 * MIB;
const RECIPE = '1';
const SOURCES = path.join(import.meta.dirname, 'image');
const UDHCPC = path.join(import.meta.dirname, '..', '..', 'pxe', 'linux', 'udhcpc.sh');

/**
 * A real Linux small enough to be installed in a minute of emulation: Debian's kernel and busybox on an ext4 partition that a
 * BIOS starts through GRUB. It knows nothing of Octofleet; the installer brings the agent, as it does to any image.
 */
export async function buildLabImage(options: {
  readonly cacheDir: string;
  readonly progress: (sentence: string) => void;
}): Promise<{ readonly image: BuiltFile; readonly diskSize: number }> {
  const { cacheDir, progress } = options;
  progress('Fetching the parts of the lab’s Linux from Debian …');
  const kernel = await debianPackage(HARDWARE.virtual.kernelPackage, cacheDir);
  const busybox = await debianPackage('busybox-static', cacheDir);
  const grub = await debianPackage('grub-pc-bin', cacheDir);
  const scripts = [UDHCPC, path.join(SOURCES, 'initrd.sh'), path.join(SOURCES, 'start.sh')];
  const key = keyOf(
    RECIPE,
    ...[kernel, busybox, grub].map(({ name, version }) => `${name} ${version}`),
    ...(await Promise.all(scripts.map((file) => readFile(file, 'utf8')))),
  );

  const dir = await folderOnce(path.join(cacheDir, 'lab-image'), key, async (draft) => {
    progress('Putting the lab’s Linux together …');
    const root = path.join(draft, 'root');
    await fillRoot({ root, kernel, busybox: path.join(busybox.root, 'bin', 'busybox') });
    const disk = path.join(draft, 'lab.img');
    await writeDisk({ disk, root, grub: await buildBiosGrub(cacheDir, draft) });
    await writeFile(path.join(draft, 'lab-linux.img.gz'), await promisify(gzip)(await readFile(disk)));
    await Promise.all([disk, root, path.join(draft, 'core.img')].map((file) => rm(file, { recursive: true })));
  });
  return { image: await builtFile(path.join(dir, 'lab-linux.img.gz')), diskSize: DISK_BYTES };
}

async function fillRoot(options: {
  readonly root: string;
  readonly kernel: DebianPackage;
  readonly busybox: string;
}): Promise<void> {
  const { root, kernel, busybox } = options;
  const at = (...names: readonly string[]) => path.join(root, ...names);
  for (const name of [
    'bin',
    'sbin',
    'usr/bin',
    'usr/sbin',
    'boot/grub',
    'etc',
    'proc',
    'sys',
    'dev',
    'tmp',
    'run',
    'var',
  ])
    await mkdir(at(name), { recursive: true });
  await cp(busybox, at('bin', 'busybox'));
  await chmod(at('bin', 'busybox'), 0o755);
  await symlink('busybox', at('bin', 'sh'));
  await symlink('/bin/busybox', at('sbin', 'init'));
  await copyModules({ packageRoot: kernel.root, busybox, wanted: LAB_DRIVERS, target: root });
  await cp(path.join(kernel.root, 'boot', `vmlinuz-${await kernelRelease(kernel.root)}`), at('boot', 'vmlinuz'));
  await writeFile(at('boot', 'initrd.gz'), await initrd(busybox, at('lib', 'modules')));
  await writeFile(at('boot', 'grub', 'grub.cfg'), GRUB_CONFIG);
  await cp(path.join(SOURCES, 'start.sh'), at('etc', 'start.sh'));
  await cp(UDHCPC, at('etc', 'udhcpc.sh'));
  await Promise.all(['start.sh', 'udhcpc.sh'].map((name) => chmod(at('etc', name), 0o755)));
  await writeFile(at('etc', 'inittab'), '::sysinit:/etc/start.sh\n::ctrlaltdel:/sbin/reboot -f\n');
  await writeFile(at('etc', 'os-release'), 'NAME="Octofleet Lab Linux"\nID=lab\nVERSION_ID="1"\n');
  await writeFile(at('etc', 'hostname'), 'lab-image\n');
}

const LAB_DRIVERS = ['drivers/net/virtio_net', 'drivers/block/virtio_blk', 'drivers/virtio'];

const GRUB_CONFIG = `linux /boot/vmlinuz console=tty0 console=ttyS0,115200 loglevel=4 panic=5
initrd /boot/initrd.gz
boot
`;

async function initrd(busybox: string, modules: string): Promise<Buffer> {
  const script = await readFile(path.join(SOURCES, 'initrd.sh'));
  const drivers = (await treeEntries(modules)).map((entry) => ({ ...entry, path: `lib/modules/${entry.path}` }));
  const archive = cpio([
    { path: 'init', kind: 'file', content: script, executable: true },
    { path: 'bin/busybox', kind: 'file', content: await readFile(busybox), executable: true },
    { path: 'bin/sh', kind: 'link', to: 'busybox' },
    { path: 'dev/console', kind: 'character-device', major: 5, minor: 1 },
    ...['proc', 'sys', 'root', 'sbin'].map((name) => ({ path: name, kind: 'directory' }) as const),
    ...drivers,
  ]);
  return promisify(gzip)(archive);
}

/** MBR, GRUB behind it, one ext4 partition filled from a folder. */
async function writeDisk(options: {
  readonly disk: string;
  readonly root: string;
  readonly grub: { readonly bootSector: string; readonly core: string };
}): Promise<void> {
  const { disk, root, grub } = options;
  const blocks = (DISK_BYTES - PARTITION_START) / 1024;
  // Features named one by one: defaults of newer releases are more than GRUB 2.06 reads.
  const features = 'none,has_journal,ext_attr,dir_index,filetype,extent,sparse_super,large_file';
  const layout = `offset=${PARTITION_START},root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0`;
  await (await open(disk, 'w')).close();
  await run(
    'mke2fs',
    [
      '-q',
      '-F',
      '-t',
      'ext4',
      '-b',
      '1024',
      '-O',
      features,
      '-m',
      '0',
      '-L',
      'lab-root',
      '-E',
      layout,
      '-d',
      root,
    ].concat(disk, String(blocks)),
    { package: 'e2fsprogs' },
  );
  const file = await open(disk, 'r+');
  try {
    const core = await readFile(grub.core);
    if (512 + core.length > PARTITION_START) throw new RangeError('GRUB does not fit before the first partition');
    await file.write(bootRecord(await readFile(grub.bootSector)), 0, 512, 0);
    await file.write(core, 0, core.length, 512);
    await file.truncate(DISK_BYTES);
  } finally {
    await file.close();
  }
}

/** GRUB's first sector with a table of one bootable Linux partition. */
export function bootRecord(grub: Buffer): Buffer {
  const sector = Buffer.alloc(512);
  grub.copy(sector, 0, 0, 440);
  const entry = Buffer.from([0x80, 0xfe, 0xff, 0xff, 0x83, 0xfe, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0]);
  entry.writeUInt32LE(PARTITION_START / 512, 8);
  entry.writeUInt32LE((DISK_BYTES - PARTITION_START) / 512, 12);
  entry.copy(sector, 446);
  sector.writeUInt16BE(0x55aa, 510);
  return sector;
}
