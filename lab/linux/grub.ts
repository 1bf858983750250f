import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { debianPackage } from './debian.ts';
import { run } from './run.ts';

/** Makes a GRUB image with the modules of the same release: `format` is the folder of the modules (`i386-pc`, `x86_64-efi`). */
export async function grubImage(
  cacheDir: string,
  options: {
    readonly format: 'i386-pc' | 'x86_64-efi';
    readonly modulesPackage: string;
    readonly modules: readonly string[];
    readonly args: readonly string[];
    readonly output: string;
  },
): Promise<string> {
  const [tools, mapper, lzma, loader] = await Promise.all(
    ['grub-common', 'libdevmapper1.02.1', 'liblzma5', options.modulesPackage].map((name) =>
      debianPackage(name, cacheDir),
    ),
  );
  const directory = path.join(loader?.root ?? '', 'usr', 'lib', 'grub', options.format);
  const libraries = [mapper, lzma].flatMap((library) =>
    ['lib', 'usr/lib'].map((folder) => path.join(library?.root ?? '', folder, 'x86_64-linux-gnu')),
  );
  const { args, modules, format, output } = options;
  await run(
    path.join(tools?.root ?? '', 'usr', 'bin', 'grub-mkimage'),
    ['--format', format, '--directory', directory, '--output', output, ...args, ...modules],
    { package: 'grub-common', env: { LD_LIBRARY_PATH: libraries.join(':') } },
  );
  return directory;
}

/**
 * Boot loaders that an installed disk may have. Every look takes a moment, so those come first that our own installations
 * leave: Windows', and the one that UEFI itself would start; then those of systems somebody else installed.
 */
const LOADERS = [
  '/EFI/Microsoft/Boot/bootmgfw.efi',
  '/EFI/BOOT/BOOTX64.EFI',
  '/EFI/debian/shimx64.efi',
  '/EFI/ubuntu/shimx64.efi',
  '/EFI/redhat/shimx64.efi',
  '/EFI/rocky/shimx64.efi',
  '/EFI/almalinux/shimx64.efi',
  '/EFI/fedora/shimx64.efi',
];

/**
 * What UEFI machines chain to get to their disk. Its configuration is read by GRUB's small parser, which has neither loops nor
 * conditions, but goes on after a line that fails: so each loader is simply tried.
 */
export async function buildLocalbootEfi(cacheDir: string, dir: string): Promise<void> {
  const config = path.join(dir, 'localboot.cfg');
  const tries = LOADERS.map(
    (loader) => `search --no-floppy --file --set=root ${loader}\nchainloader ($root)${loader}\nboot\n`,
  );
  await writeFile(config, `${tries.join('')}exit\n`);
  await grubImage(cacheDir, {
    format: 'x86_64-efi',
    modulesPackage: 'grub-efi-amd64-bin',
    modules: ['part_gpt', 'part_msdos', 'fat', 'chain', 'search', 'search_fs_file', 'boot', 'normal'],
    args: ['--prefix', '/EFI/BOOT', '--config', config],
    output: path.join(dir, 'localboot.efi'),
  });
}

/** The boot sector and the rest of GRUB for a BIOS disk whose first partition holds `/boot/grub/grub.cfg`. */
export async function buildBiosGrub(
  cacheDir: string,
  dir: string,
): Promise<{ readonly bootSector: string; readonly core: string }> {
  const core = path.join(dir, 'core.img');
  const directory = await grubImage(cacheDir, {
    format: 'i386-pc',
    modulesPackage: 'grub-pc-bin',
    modules: ['biosdisk', 'part_msdos', 'ext2', 'normal', 'linux', 'boot', 'configfile'],
    args: ['--prefix', '(hd0,msdos1)/boot/grub'],
    output: core,
  });
  return { bootSector: path.join(directory, 'boot.img'), core };
}
