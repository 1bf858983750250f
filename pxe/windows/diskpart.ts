import type { InstallerContext } from '../installer-file.ts';
import { cmdFile } from '../quote/cmd.ts';
import { diskpartSize, diskpartWord } from '../quote/diskpart.ts';
import { WINDOWS_PLATFORMS } from './platform.ts';

interface Partition {
  readonly type: 'efi' | 'msr' | 'primary';
  /** Null takes what is left. */
  readonly size: number | null;
  /** Left free behind it for the partition that follows. */
  readonly leave?: number;
  readonly format?: { readonly fs: 'fat32' | 'ntfs'; readonly label: string; readonly letter: string };
  /** What marks the partition, verbatim. */
  readonly marks?: readonly string[];
}

/** Room for the recovery tools and their updates, in MiB; behind Windows, so that it can grow. */
const RECOVERY = 1000;
const WINDOWS: Partition = {
  type: 'primary',
  size: null,
  leave: RECOVERY,
  format: { fs: 'ntfs', label: 'Windows', letter: 'W' },
};

function recovery(...marks: readonly string[]): Partition {
  return { type: 'primary', size: null, format: { fs: 'ntfs', label: 'Recovery', letter: 'R' }, marks };
}

const LAYOUTS: Readonly<
  Record<'UEFI' | 'BIOS', { readonly table: string; readonly partitions: readonly Partition[] }>
> = {
  UEFI: {
    table: 'gpt',
    partitions: [
      // 300 MiB also holds FAT32 on disks with 4 KiB sectors.
      { type: 'efi', size: 300, format: { fs: 'fat32', label: 'System', letter: 'S' } },
      { type: 'msr', size: 16 },
      WINDOWS,
      // Windows' type for recovery tools; required, and without a drive letter.
      recovery('set id=de94bba4-06d1-4d40-a16a-bfd50179d6ac', 'gpt attributes=0x8000000000000001'),
    ],
  },
  BIOS: {
    table: 'mbr',
    partitions: [
      { type: 'primary', size: 500, format: { fs: 'ntfs', label: 'System', letter: 'S' }, marks: ['active'] },
      WINDOWS,
      recovery('set id=27'),
    ],
  },
};

/**
 * What follows `select disk N`. The number is not known here: WinPE chooses the disk and writes that first line itself.
 * The first command that fails ends the script, and diskpart's exit code says so.
 */
export function renderDiskpart({ settings }: Pick<InstallerContext, 'settings'>): string {
  const { table, partitions } = LAYOUTS[WINDOWS_PLATFORMS[settings.platform].firmware];
  const lines = ['clean', `convert ${diskpartWord(table)}`, ...partitions.flatMap(commandsFor)];
  return cmdFile(`${lines.join('\n')}\n`);
}

function commandsFor({ type, size, leave, format, marks = [] }: Partition): readonly string[] {
  return [
    `create partition ${diskpartWord(type)}${size === null ? '' : ` size=${diskpartSize(size)}`}`,
    ...(leave === undefined ? [] : [`shrink minimum=${diskpartSize(leave)}`]),
    ...(format === undefined
      ? []
      : [
          `format quick fs=${diskpartWord(format.fs)} label=${diskpartWord(format.label)}`,
          `assign letter=${diskpartWord(format.letter)}`,
        ]),
    ...marks,
  ];
}
