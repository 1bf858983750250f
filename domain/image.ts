/** The operating systems we can install, by the way their installer works. */
export const FAMILIES = ['windows', 'linux'] as const;
export type Family = (typeof FAMILIES)[number];

/** `wim`: a Windows image file and an index in it. `raw-disk`: the bytes of a whole disk, gzipped or not. */
export const IMAGE_KINDS = ['wim', 'raw-disk'] as const;
export type ImageKind = (typeof IMAGE_KINDS)[number];

export const WINDOWS_EDITIONS = [
  'ServerStandardCore',
  'ServerStandard',
  'ServerDatacenterCore',
  'ServerDatacenter',
] as const;
export type WindowsEdition = (typeof WINDOWS_EDITIONS)[number];

export interface WimImage {
  readonly kind: 'wim';
  readonly family: 'windows';
  readonly edition: WindowsEdition;
  readonly wimIndex: number;
}

export interface RawDiskImage {
  readonly kind: 'raw-disk';
  readonly family: 'linux';
  readonly compression: 'none' | 'gzip';
  /** Bytes on the disk after decompression. */
  readonly diskSize: number;
}

/** One installable edition in the catalogue. Its content is the asset with this digest. */
export type Image = {
  readonly id: string;
  readonly name: string;
  readonly assetSha256: string;
  readonly demo: boolean;
} & (WimImage | RawDiskImage);

/** What a stored file is for. Each role has at most one current file, demo files apart. */
export const ASSET_ROLES = [
  'image',
  'wimboot',
  'winpe',
  'winpe-curl',
  'linux-kernel',
  'linux-initrd',
  'grub-localboot',
] as const;
export type AssetRole = (typeof ASSET_ROLES)[number];

/** A file machines may fetch by digest. */
export interface Asset {
  readonly sha256: string;
  readonly name: string;
  readonly size: number;
  readonly role: AssetRole;
  readonly demo: boolean;
}

/** The files an installation needs besides its image, by family. */
export const ROLES_NEEDED: Readonly<Record<Family, readonly AssetRole[]>> = {
  windows: ['wimboot', 'winpe', 'winpe-curl'],
  linux: ['linux-kernel', 'linux-initrd', 'grub-localboot'],
};

/** What cures a missing file, as the operator would type it. */
export const CURE_FOR: Readonly<Record<AssetRole, string>> = {
  image: 'octofleet image add FILE …',
  wimboot: 'octofleet assets add --role wimboot FILE   (wimboot 2.9.0 or newer, from the iPXE project’s releases)',
  winpe: 'octofleet assets add --role winpe FILE   (sources/boot.wim of the Windows installation medium)',
  'winpe-curl': 'octofleet assets add --role winpe-curl FILE   (curl.exe of any Windows Server 2019 or newer)',
  'linux-kernel': 'octofleet assets build linux-installer',
  'linux-initrd': 'octofleet assets build linux-installer',
  'grub-localboot': 'octofleet assets build linux-installer',
};
