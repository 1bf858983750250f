import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { builtFile, folderOnce, keyOf } from './cache.ts';
import type { BuiltFile } from './cache.ts';
import { cpio } from './cpio.ts';
import type { CpioEntry } from './cpio.ts';
import { debianPackage } from './debian.ts';
import { buildLocalbootEfi } from './grub.ts';
import { HARDWARE, copyModules, kernelRelease } from './modules.ts';
import type { HardwareName } from './modules.ts';
import { treeEntries } from './tree.ts';

/** The three files that a Linux installation needs besides its image. */
export interface LinuxInstaller {
  readonly kernel: BuiltFile;
  readonly initrd: BuiltFile;
  readonly grubLocalboot: BuiltFile;
}

/** Raise it when this recipe changes in a way that its inputs do not show. */
const RECIPE = '2';
const SCRIPTS = path.join(import.meta.dirname, '..', '..', 'pxe', 'linux');

/**
 * Builds our installer from Debian's packages and the scripts in `pxe/linux`: no root, nothing installed. Kept in the cache
 * under a name made of all its inputs; same inputs, same bytes.
 */
export async function buildLinuxInstaller(options: {
  readonly cacheDir: string;
  readonly hardware: HardwareName;
  /** Told one sentence before each part that takes time. */
  readonly progress: (sentence: string) => void;
}): Promise<LinuxInstaller> {
  const { cacheDir, hardware, progress } = options;
  const { kernelPackage, wanted } = HARDWARE[hardware];
  progress(`Fetching ${kernelPackage}, busybox and GRUB from Debian …`);
  const kernel = await debianPackage(kernelPackage, cacheDir);
  const busybox = await debianPackage('busybox-static', cacheDir);
  const grub = await debianPackage('grub-efi-amd64-bin', cacheDir);
  const scripts = await scriptEntries();
  const versions = [kernel, busybox, grub].map(({ name, version }) => `${name} ${version}`);
  const key = keyOf(RECIPE, ...wanted, ...versions, cpio(scripts).toString('base64'));

  const dir = await folderOnce(path.join(cacheDir, 'linux-installer'), key, async (draft) => {
    progress('Putting the installer together …');
    const binary = path.join(busybox.root, 'bin', 'busybox');
    const modules = path.join(draft, 'modules');
    await copyModules({ packageRoot: kernel.root, busybox: binary, wanted, target: modules });
    const archive = cpio([
      ...scripts,
      ...SKELETON,
      { path: 'bin/busybox', kind: 'file', content: await readFile(binary), executable: true },
      ...(await treeEntries(modules)),
    ]);
    await rm(modules, { recursive: true });
    await writeFile(path.join(draft, 'installer.cpio.gz'), await promisify(gzip)(archive, { level: 9 }));
    const release = await kernelRelease(kernel.root);
    await cp(path.join(kernel.root, 'boot', `vmlinuz-${release}`), path.join(draft, 'vmlinuz'));
    await buildLocalbootEfi(cacheDir, draft);
  });
  const [vmlinuz, initrd, grubLocalboot] = await Promise.all([
    builtFile(path.join(dir, 'vmlinuz')),
    builtFile(path.join(dir, 'installer.cpio.gz')),
    builtFile(path.join(dir, 'localboot.efi')),
  ]);
  return { kernel: vmlinuz, initrd, grubLocalboot };
}

/** What must be there before init runs: a shell, and a console for its first words. */
const SKELETON: readonly CpioEntry[] = [
  { path: 'bin/sh', kind: 'link', to: 'busybox' },
  { path: 'dev/console', kind: 'character-device', major: 5, minor: 1 },
  ...['proc', 'sys', 'tmp', 'run', 'sbin', 'target'].map((name) => ({ path: name, kind: 'directory' }) as const),
];

async function scriptEntries(): Promise<readonly CpioEntry[]> {
  const parts = (await readdir(path.join(SCRIPTS, 'installer'))).sort();
  return Promise.all(
    [
      { from: 'init.sh', to: 'init' },
      { from: 'udhcpc.sh', to: 'etc/udhcpc.sh' },
      ...parts.map((name) => ({ from: path.join('installer', name), to: `installer/${name}` })),
    ].map(async ({ from, to }) => ({
      path: to,
      kind: 'file' as const,
      content: await readFile(path.join(SCRIPTS, from)),
      executable: true,
    })),
  );
}
