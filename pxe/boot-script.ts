import type { Asset, AssetRole, Family } from '../domain/image.ts';
import { macInUrl } from '../domain/identity.ts';
import type { Mac } from '../domain/identity.ts';
import { TemplateError, assetUrl } from './installer-file.ts';
import type { InstallerContext } from './installer-file.ts';
import { ipxeText, ipxeUrl, ipxeWord, kernelArgument } from './quote/ipxe.ts';

/*
 * Everything iPXE is told. The scripts keep to what Debian's build of 2019 can do (no `params`, no HTTPS, no `imgverify`),
 * and every command that may fail is followed by `||`: an unguarded failure ends the script and leaves the machine standing.
 * `${errno}` is overwritten by the next command, so it is taken first.
 */

/** A script or a small file: iPXE itself waits for ever on a connection that says nothing. */
const SCRIPT_TIMEOUT_MS = 10_000;
/** Counts from the last byte that arrived, so it does not limit the size of a file. */
const FILE_TIMEOUT_MS = 60_000;
const TRIES = 5;
const PAUSE_SECONDS = 10;

/** What the firmware knows about the machine. `:uristring` because SMBIOS text has blanks; iPXE fills these in. */
const IDENTITY =
  'uuid=${uuid}&serial=${serial:uristring}&manufacturer=${manufacturer:uristring}&product=${product:uristring}' +
  '&platform=${platform}&buildarch=${buildarch}';

/** `GET /boot.ipxe`: the same for every machine. `netX` is the card that was opened last, which is the one that boots. */
export function renderFirstStage({ baseUrl }: { readonly baseUrl: string }): string {
  return script(
    'echo Octofleet: asking what this machine shall become',
    'set tries:int32 0',
    ':again',
    `${chain(`${ipxeUrl(baseUrl)}/boot/\${netX/mac:hexhyp}?${IDENTITY}`)} || goto retry`,
    ...retry(),
    'echo Octofleet: the service does not answer, so this machine boots from its own disk',
    ...bootDisk({}),
  );
}

/** Hands the machine over to its installer: WinPE by wimboot, or our Linux installer. */
export function renderInstall(context: InstallerContext): string {
  const files = context.image.family === 'windows' ? winpe(context) : linuxInstaller(context);
  return script(
    `echo Octofleet: deployment ${ipxeWord(context.deploymentId)}, attempt ${context.attempt}`,
    ':begin',
    'set tries:int32 0',
    ':again',
    // A leftover image would be handed to the installer as one more file.
    'imgfree ||',
    ...files.map((line) => `${line} || goto retry`),
    'boot || goto retry',
    ...retry(),
    // The answer may have changed meanwhile (cancelled, held), so ask again rather than insist.
    `${chain(bootUrl(context.baseUrl, context.mac))} || goto begin`,
  );
}

/** What wimboot needs, each file under both names: `--name` for UEFI, the argument for BIOS. */
function winpe(context: InstallerContext): readonly string[] {
  const own = (name: string) =>
    winpeFile(name, `${context.baseUrl}/d/${encodeURIComponent(context.credential)}/${name}`);
  return [
    `kernel --timeout ${FILE_TIMEOUT_MS} ${ipxeUrl(addressOf(context, 'wimboot'))} quiet`,
    own('winpeshl.ini'),
    own('deploy.cmd'),
    winpeFile('curl.exe', addressOf(context, 'winpe-curl')),
    winpeFile('boot.wim', addressOf(context, 'winpe')),
  ];
}

function winpeFile(name: string, url: string): string {
  return `initrd --timeout ${FILE_TIMEOUT_MS} --name ${name} ${ipxeUrl(url)} ${name}`;
}

/** The initrd's name and the kernel's `initrd=` must agree: a kernel started by UEFI looks its file up by that name. */
function linuxInstaller(context: InstallerContext): readonly string[] {
  const args = [
    'initrd=installer.gz',
    kernelArgument('octofleet.url', context.baseUrl),
    kernelArgument('octofleet.nonce', context.credential),
    kernelArgument('octofleet.mac', macInUrl(context.mac)),
    // Both, for a screen and for a serial console; a missing one is skipped by the kernel.
    'console=tty0',
    'console=ttyS0,115200',
    'loglevel=4',
    'panic=30',
  ];
  return [
    `kernel --timeout ${FILE_TIMEOUT_MS} ${ipxeUrl(addressOf(context, 'linux-kernel'))} ${args.join(' ')}`,
    `initrd --timeout ${FILE_TIMEOUT_MS} --name installer.gz ${ipxeUrl(addressOf(context, 'linux-initrd'))}`,
  ];
}

function addressOf(context: InstallerContext, role: AssetRole): string {
  const asset = context.assets[role];
  if (asset === undefined) throw new TemplateError(`the boot script needs a file of the role ${role}`);
  return assetUrl(context.baseUrl, asset);
}

/** The machine is none of our business, or has what it needs: its own disk, and why. */
export function renderLocalBoot(options: {
  readonly baseUrl: string;
  readonly because: string;
  readonly grubLocalboot: Pick<Asset, 'sha256' | 'name'> | undefined;
  /** Whose boot loader is looked for first, where it is known what lies on the disk. */
  readonly loader: Family | undefined;
}): string {
  const { baseUrl, because, grubLocalboot, loader } = options;
  return script(
    `echo Octofleet: ${ipxeText(because)}`,
    ...bootDisk({ grub: grubLocalboot && ipxeUrl(assetUrl(baseUrl, grubLocalboot)), loader }),
  );
}

/**
 * BIOS hands the first disk its boot sector. UEFI has no such thing before iPXE 2.0: a small GRUB looks for the loader
 * there; newer builds can start a file of the disk themselves, older ones refuse the option and fall through.
 * `exit 1` and not `exit`: success would leave UEFI in its setup menu.
 */
function bootDisk({
  grub,
  loader,
}: {
  readonly grub?: string | undefined;
  readonly loader?: Family | undefined;
}): string[] {
  const windows = '\\EFI\\Microsoft\\Boot\\bootmgfw.efi';
  const fallback = '\\EFI\\BOOT\\BOOTX64.EFI';
  const files = loader === 'linux' ? [fallback, windows] : [windows, fallback];
  return [
    'iseq ${platform} efi && goto efi ||',
    'sanboot --no-describe --drive 0x80 ||',
    'goto leave',
    ':efi',
    ...(grub === undefined ? [] : [`chain --autofree --timeout ${FILE_TIMEOUT_MS} ${grub} ||`]),
    ...files.map((file) => `sanboot --no-describe --drive 0 --filename ${file} ||`),
    ':leave',
    'exit 1',
  ];
}

/** Nothing now; the machine keeps asking, however long the service is away meanwhile. */
export function renderHold(options: {
  readonly baseUrl: string;
  readonly mac: Mac;
  readonly because: string;
  readonly againSeconds: number;
}): string {
  const seconds = Math.max(1, Math.trunc(options.againSeconds));
  return script(
    `echo Octofleet: ${ipxeText(options.because)}`,
    `echo This machine asks again every ${seconds} seconds.`,
    ':again',
    `sleep ${seconds} ||`,
    `${chain(bootUrl(options.baseUrl, options.mac))} || goto again`,
  );
}

function bootUrl(baseUrl: string, mac: Mac): string {
  return `${ipxeUrl(baseUrl)}/boot/${ipxeWord(macInUrl(mac))}?${IDENTITY}`;
}

/** From script to script. `--replace`, or every round of a waiting machine would be nested in the one before. */
function chain(url: string): string {
  return `chain --autofree --replace --timeout ${SCRIPT_TIMEOUT_MS} ${url}`;
}

/** The landing place of `goto retry`; after the last try the script goes on below it. Needs `tries` and `:again`. */
function retry(): string[] {
  return [
    ':retry',
    'set err ${errno}',
    'inc tries',
    `iseq \${tries} ${TRIES} && goto giveup ||`,
    `echo Octofleet: try \${tries} failed (\${err}), again in ${PAUSE_SECONDS} s`,
    `sleep ${PAUSE_SECONDS} ||`,
    'goto again',
    ':giveup',
  ];
}

function script(...lines: readonly string[]): string {
  return `#!ipxe\n${lines.join('\n')}\n`;
}
