import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseMac } from '../../domain/identity.ts';
import { DEFAULT_SETTINGS } from '../../domain/settings.ts';
import type { AssetRole, Image } from '../../domain/image.ts';
import { renderFirstStage, renderHold, renderInstall, renderLocalBoot } from '../../pxe/boot-script.ts';
import type { InstallerContext } from '../../pxe/installer-file.ts';
import { labCacheDir } from '../cache-dir.ts';
import { bootSectorThatSays } from './boot-sector.ts';
import { buildLocalbootEfi, grubImage } from '../linux/grub.ts';
import { firstScript, inScratch, ipxeKernel, labIsMissing, put, uefiBoot } from './firmware.ts';
import { QemuMachine } from './machine.ts';

/*
 * Real iPXE, in the build of 2019, runs every kind of script we render. In the place of kernels stands iPXE itself: it is a
 * kernel, and shows that it was started with our arguments by taking them for a command, which it does not know.
 */

const missing = labIsMissing();
if (missing !== undefined && process.env['CI'] === 'true') throw new Error(missing);
if (missing !== undefined) console.log(`skipped: ${missing}`);

const mac = parseMac('52:54:00:aa:bb:01');
const smbios = {
  uuid: '11112222-3333-4444-8555-666677778888',
  manufacturer: 'Widgets & Söhne, "Inc."',
  product: 'Widget 9/X',
  serial: 'SN-0001',
};
const SAY = (words: string) => `#!ipxe\necho ${words}\nsleep 60\n`;

let ipxe: string;
let server: Server;
let baseUrl: string;
/** What the server answers, by path without query; a list is used up one by one, and its last answer stays. */
let answers: Map<string, (string | Buffer | number)[]>;
let asked: string[];

beforeAll(async () => {
  if (missing !== undefined) return;
  ipxe = await ipxeKernel(labCacheDir(process.env));
  server = createServer((req, res) => {
    const url = req.url ?? '';
    asked.push(url);
    const queue = answers.get(url.split('?')[0] ?? '') ?? [404];
    const answer = (queue.length > 1 ? queue.shift() : queue[0]) ?? 404;
    if (typeof answer === 'number') res.writeHead(answer).end('not for you');
    else res.writeHead(200, { 'content-length': Buffer.byteLength(answer) }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://10.0.2.2:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
});

beforeEach(() => {
  answers = new Map();
  asked = [];
});

const paths = () => asked.map((url) => url.split('?')[0]);

/** Boots a machine into the script and returns its console once that shows the pattern. */
async function shows(pattern: RegExp, script: string, disk?: Buffer): Promise<string> {
  answers.set('/script', [script]);
  return inScratch(async (dir) => {
    const machine = await QemuMachine.start({
      boot: { kind: 'bios', kernel: ipxe, initrd: await put(dir, 'first.ipxe', firstScript(`${baseUrl}/script`)) },
      mac,
      smbios,
      memoryMiB: 256,
      ...(disk === undefined ? {} : { disks: [await put(dir, 'disk.img', disk)] }),
    });
    try {
      await machine.waitFor(pattern, 120);
      return machine.console;
    } finally {
      await machine.stop();
    }
  });
}

const digit: Record<AssetRole, string> = {
  image: '0',
  'linux-kernel': '1',
  'linux-initrd': '2',
  'grub-localboot': '3',
  wimboot: '4',
  winpe: '5',
  'winpe-curl': '6',
};
const assetPath = (role: AssetRole) => `/assets/${digit[role].repeat(64)}/${role}`;
const assets = Object.fromEntries(
  Object.entries(digit).map(([role, one]) => [
    role,
    { role: role as AssetRole, name: role, sha256: one.repeat(64), size: 1, demo: false },
  ]),
);
const linux: Image = {
  id: '0190a1b2-0000-4000-8000-000000000001',
  name: 'Lab',
  assetSha256: '0'.repeat(64),
  demo: false,
  kind: 'raw-disk',
  family: 'linux',
  compression: 'none',
  diskSize: 1,
};
const windows: Image = {
  id: '0190a1b2-0000-4000-8000-000000000002',
  name: 'Server',
  assetSha256: '0'.repeat(64),
  demo: false,
  kind: 'wim',
  family: 'windows',
  edition: 'ServerStandard',
  wimIndex: 1,
};
const context = (image: Image): InstallerContext => ({
  baseUrl,
  credential: 'nonce_-0123456789',
  deploymentId: '0190a1b2-0000-4000-8000-00000000abcd',
  attempt: 1,
  mac,
  settings: { ...DEFAULT_SETTINGS, hostName: 'lab-1', platform: 'kvm' },
  image,
  assets,
  enrolmentToken: '********',
  secrets: { 'administrator-password': null, 'domain-password': null },
});

describe.skipIf(missing !== undefined)('real iPXE', () => {
  it('takes the first stage and asks by its own address, saying what the firmware knows', async () => {
    answers.set('/boot/52-54-00-aa-bb-01', [SAY('second stage')]);

    await shows(/second stage/, renderFirstStage({ baseUrl }));

    const query = asked.find((url) => url.startsWith('/boot/'))?.split('?')[1] ?? '';
    expect(query).toContain('uuid=11112222-3333-4444-8555-666677778888');
    expect(query).toContain('serial=SN-0001');
    // `&`, `"` and stray bytes come raw; the boot route has to live with them.
    expect(query).toContain('manufacturer=Widgets%20&%20S');
    expect(query).toContain('product=Widget%209/X');
    expect(query).toContain('platform=pcbios');
  });

  it('tries again when the service stumbles', async () => {
    answers.set('/boot/52-54-00-aa-bb-01', [500, SAY('second stage')]);

    await shows(/try 1 failed[^]*second stage/, renderFirstStage({ baseUrl }));
  });

  it('starts the Linux installer with all its arguments', async () => {
    answers.set(assetPath('linux-kernel'), [await readFile(ipxe)]);
    answers.set(assetPath('linux-initrd'), ['an archive']);

    await shows(/octofleet\.url=http:\/\/10\.0\.2\.2:\d+: command not found/, renderInstall(context(linux)));

    expect(paths()).toEqual(['/script', assetPath('linux-kernel'), assetPath('linux-initrd')]);
  });

  it('starts WinPE through wimboot with every file it needs', async () => {
    answers.set(assetPath('wimboot'), [await readFile(ipxe)]);
    answers.set('/d/nonce_-0123456789/winpeshl.ini', ['[LaunchApps]\r\n']);
    answers.set('/d/nonce_-0123456789/deploy.cmd', ['rem\r\n']);
    answers.set(assetPath('winpe-curl'), ['MZ']);
    answers.set(assetPath('winpe'), ['MSWIM']);

    await shows(/quiet: command not found/, renderInstall(context(windows)));

    expect(paths()).toEqual([
      '/script',
      assetPath('wimboot'),
      '/d/nonce_-0123456789/winpeshl.ini',
      '/d/nonce_-0123456789/deploy.cmd',
      assetPath('winpe-curl'),
      assetPath('winpe'),
    ]);
  });

  it('begins an installation again after a file that failed to come', async () => {
    answers.set(assetPath('linux-kernel'), [await readFile(ipxe)]);
    answers.set(assetPath('linux-initrd'), [404, 'an archive']);

    await shows(/try 1 failed[^]*octofleet\.url=\S+: command not found/, renderInstall(context(linux)));

    expect(paths().filter((path) => path === assetPath('linux-initrd'))).toHaveLength(2);
  });

  it('waits while it is held, and asks again, even when the service is away for a moment', async () => {
    const hold = renderHold({ baseUrl, mac, because: 'An operator has to decide.', againSeconds: 1 });
    answers.set('/boot/52-54-00-aa-bb-01', [hold, 404, hold, SAY('released')]);

    await shows(/An operator has to decide\.[^]*released/, hold);

    expect(paths().filter((path) => path?.startsWith('/boot/'))).toHaveLength(4);
  });

  it.each([
    ['a finished machine', { because: 'The system is on the disk.', loader: 'linux' as const }],
    ['an unknown machine', { because: 'No machine with this address is registered here.', loader: undefined }],
  ])('starts the own disk of %s', async (_, { because, loader }) => {
    const script = renderLocalBoot({ baseUrl, because, loader, grubLocalboot: assets['grub-localboot'] });

    const shown = await shows(/the disk starts/, script, bootSectorThatSays('the disk starts'));

    expect(shown).toContain(because);
  });

  it('starts the disk of a UEFI machine through the chained GRUB, which finds the loader there', async () => {
    const cacheDir = labCacheDir(process.env);
    await inScratch(async (dir) => {
      const folder = path.join(dir, 'disk', 'EFI', 'BOOT');
      await mkdir(folder, { recursive: true });
      await grubImage(cacheDir, {
        format: 'x86_64-efi',
        modulesPackage: 'grub-efi-amd64-bin',
        modules: ['echo', 'sleep', 'normal'],
        args: ['--prefix', '/', '--config', await put(dir, 'says.cfg', 'echo the UEFI disk starts\nsleep 60\n')],
        output: path.join(folder, 'BOOTX64.EFI'),
      });
      await buildLocalbootEfi(cacheDir, dir);
      const grub = { ...assets['grub-localboot'], name: 'grub-localboot', sha256: '3'.repeat(64) };
      answers.set(assetPath('grub-localboot'), [await readFile(path.join(dir, 'localboot.efi'))]);
      answers.set('/script', [renderFirstStage({ baseUrl })]);
      const because = 'The system is on the disk.';
      const local = renderLocalBoot({ baseUrl, because, loader: 'linux', grubLocalboot: grub });
      answers.set('/boot/52-54-00-aa-bb-01', [local]);
      const machine = await QemuMachine.start({
        boot: await uefiBoot(cacheDir, dir, `${baseUrl}/script`),
        mac,
        smbios,
        memoryMiB: 256,
        disks: [`fat:rw:${path.join(dir, 'disk')}`],
      });
      try {
        await machine.waitFor(/the UEFI disk starts/, 180);
      } finally {
        await machine.stop();
      }
    });

    expect(asked.find((url) => url.startsWith('/boot/'))).toContain('platform=efi');
  });
});
