import { createHash } from 'node:crypto';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ExchangeRequest, InstallerEvent, InventoryRequest, WipePermitRequest } from '../../api/contract/machine.ts';
import { parseMac } from '../../domain/identity.ts';
import { DEFAULT_SETTINGS } from '../../domain/settings.ts';
import type { InstallerContext } from '../../pxe/installer-file.ts';
import { LINUX_FILES } from '../../pxe/linux/files.ts';
import { labCacheDir } from '../cache-dir.ts';
import { buildLinuxInstaller } from '../linux/build-installer.ts';
import type { LinuxInstaller } from '../linux/build-installer.ts';
import { run } from '../linux/run.ts';
import { inScratch, labIsMissing } from './firmware.ts';
import { QemuMachine } from './machine.ts';

/*
 * The Linux installer on a real kernel against a service that says what the test wants, by the wire contract: what it does when
 * it may not, when what arrives is wrong, and what it leaves on a disk of the kind that clouds use.
 */

const missing = labIsMissing();
if (missing !== undefined && process.env['CI'] === 'true') throw new Error(missing);
if (missing !== undefined) console.log(`skipped: ${missing}`);

const MIB = 1024 * 1024;
const mac = parseMac('52:54:00:aa:bb:02');
/** What a disk held before: nobody may lose it without a permit. */
const OLD = Buffer.alloc(16 * MIB, 0x5a);

let installer: LinuxInstaller;
let server: Server;
let baseUrl: string;
let image: Buffer;
let settings: Partial<InstallerContext['settings']>;
let digestInSettings: string | undefined;
/** How often the exchange is answered with 503 before it works. */
let stumbles: number;
let permit: { readonly status: number; readonly text: string };
let eventStatus: number;
let events: InstallerEvent[];
let permits: WipePermitRequest[];
let logs: string[];

beforeAll(async () => {
  if (missing !== undefined) return;
  const progress = (sentence: string) => {
    console.log(sentence);
  };
  installer = await buildLinuxInstaller({ cacheDir: labCacheDir(process.env), hardware: 'virtual', progress });
}, 300_000);

beforeEach(async () => {
  [image, settings, digestInSettings, stumbles] = [Buffer.alloc(MIB, 1), {}, undefined, 0];
  [permit, eventStatus, events, permits, logs] = [{ status: 200, text: 'GRANT' }, 202, [], [], []];
  server = createServer((req, res) => {
    void answer(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://10.0.2.2:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  const form = Object.fromEntries(new URLSearchParams(body));
  const say = (status: number, text: string | Buffer) =>
    res.writeHead(status, { 'content-length': Buffer.byteLength(text) }).end(text);
  const url = (req.url ?? '').split('?')[0] ?? '';
  if (url === '/d/the-nonce/exchange') {
    ExchangeRequest.parse(form);
    stumbles -= 1;
    say(stumbles >= 0 ? 503 : 200, 'the-token');
  } else if (url === '/d/the-token/inventory') {
    InventoryRequest.parse(form);
    say(200, 'OK');
  } else if (url === '/d/the-token/events') {
    events.push(InstallerEvent.parse(form));
    say(eventStatus, 'OK');
  } else if (url === '/d/the-token/wipe-permit') {
    permits.push(WipePermitRequest.parse(form));
    say(permit.status, permit.text);
  } else if (url === '/d/the-token/logs') {
    logs.push(body);
    say(202, 'OK');
  } else if (url.startsWith('/assets/')) {
    say(200, image);
  } else {
    const file = LINUX_FILES.find(({ name }) => url === `/d/the-token/${name}`);
    say(file === undefined ? 404 : 200, file?.render(context()) ?? 'no such file');
  }
}

const context = (): InstallerContext => ({
  baseUrl,
  credential: 'the-token',
  deploymentId: '0190a1b2-0000-4000-8000-00000000abcd',
  attempt: 1,
  mac,
  settings: { ...DEFAULT_SETTINGS, hostName: 'web-07', platform: 'kvm', ...settings },
  image: {
    id: '0190a1b2-0000-4000-8000-000000000001',
    name: 'Lab',
    assetSha256: digestInSettings ?? createHash('sha256').update(image).digest('hex'),
    demo: false,
    kind: 'raw-disk',
    family: 'linux',
    compression: 'none',
    diskSize: image.length,
  },
  assets: {},
  enrolmentToken: 'enrolment-token-0123456789',
  secrets: { 'administrator-password': 'correct horse battery', 'domain-password': null },
});

/** Starts the installer on disks with old content; afterwards `use` may look at the disks. */
async function install(
  until: (machine: QemuMachine) => Promise<unknown>,
  use: (disks: readonly string[], console: string) => Promise<void> = async () => undefined,
  disks = 1,
): Promise<void> {
  await inScratch(async (dir) => {
    const files = Array.from({ length: disks }, (_, index) => path.join(dir, `disk${index}.img`));
    for (const file of files) await writeFile(file, OLD);
    const machine = await QemuMachine.start({
      boot: {
        kind: 'bios',
        kernel: installer.kernel.path,
        initrd: installer.initrd.path,
        kernelArguments: `octofleet.url=${baseUrl} octofleet.nonce=the-nonce octofleet.mac=${mac.replaceAll(':', '-')} console=ttyS0 panic=10`,
      },
      mac,
      disks: files,
      memoryMiB: 512,
      endsOnRestart: true,
    });
    try {
      await until(machine);
    } finally {
      await machine.stop();
    }
    await use(files, machine.console);
  });
}

const failed = (reason: string) => async (machine: QemuMachine) => {
  await machine.waitFor(new RegExp(`failed reason=${reason}`), 120);
  await expect.poll(() => events.at(-1), { timeout: 30_000 }).toMatchObject({ status: 'failed', reason });
};
const restarted = async (machine: QemuMachine) => expect(await machine.ended(120)).toBe(0);
const steps = () => events.map(({ step, status }) => `${step} ${status}`);

describe.skipIf(missing !== undefined)('the Linux installer', () => {
  it('does not touch the disk when the service denies it', async () => {
    permit = { status: 409, text: 'DENY the disk was erased in this attempt already' };

    await install(failed('wipe-denied'), async ([disk = '']) => {
      expect((await readFile(disk)).equals(OLD)).toBe(true);
    });

    expect(events.at(-1)).toMatchObject({ step: 'partitioning' });
    expect(logs.join()).toContain('the installer has started');
  });

  it('does not guess which of two disks it shall erase', async () => {
    await install(
      failed('several-disks'),
      async (disks) => {
        for (const disk of disks) expect((await readFile(disk)).equals(OLD)).toBe(true);
      },
      2,
    );

    expect(permits).toEqual([]);
    expect(events.at(-1)?.message).toMatch(/LABDISK1.*LABDISK2/);
  });

  it('leaves a disk that cannot start, and never says installed, when what arrives is not the image', async () => {
    digestInSettings = 'f'.repeat(64);

    await install(failed('image-not-written'), async ([disk = '']) => {
      const written = await readFile(disk);
      expect(written.subarray(0, MIB).equals(Buffer.alloc(MIB))).toBe(true);
    });

    expect(steps()).not.toContain('installed done');
    expect(events.at(-1)?.message).toContain('SHA-256');
  });

  it('refuses a disk that is too small for the image', async () => {
    image = Buffer.alloc(OLD.length + MIB);

    await install(failed('disk-too-small'));

    expect(permits).toEqual([]);
  });

  it('starts the machine again when the service says that the attempt is over', async () => {
    eventStatus = 409;

    await install(restarted, async ([disk = ''], console) => {
      expect(console).toContain('this attempt is over');
      expect((await readFile(disk)).equals(OLD)).toBe(true);
    });
  });

  it('waits for a service that stumbles, writes the named disk only, and leaves seed and agent for a system with cloud-init', async () => {
    stumbles = 1;
    settings = { diskSerial: 'LABDISK2' };
    image = await cloudImage();

    await install(
      restarted,
      async ([other = '', disk = '']) => {
        expect((await readFile(other)).equals(OLD)).toBe(true);
        const read = (file: string) => run('debugfs', ['-R', `cat ${file}`, disk], { package: 'e2fsprogs' });
        const seed = '/var/lib/cloud/seed/nocloud';
        for (const name of ['user-data', 'meta-data', 'vendor-data', 'network-config'])
          expect(await read(`${seed}/${name}`)).toBe(rendered(name));
        expect(await read('/etc/octofleet/agent.conf')).toBe(rendered('agent.conf'));
        expect(await read('/usr/local/lib/octofleet/agent.sh')).toBe(rendered('agent.sh'));
        expect(await read('/etc/systemd/system/octofleet-agent.service')).toBe(rendered('octofleet-agent.service'));
        expect(await read('/etc/hostname')).toBe('web-07\n');
        const stat = (file: string) => run('debugfs', ['-R', `stat ${file}`, disk], { package: 'e2fsprogs' });
        expect(await stat('/etc/octofleet/agent.conf')).toMatch(/Mode:\s+0600/);
        expect(await stat(`${seed}/user-data`)).toMatch(/Mode:\s+0600/);
        expect(await stat('/etc/systemd/system/multi-user.target.wants/octofleet-agent.service')).toContain(
          '"../octofleet-agent.service"',
        );
      },
      2,
    );

    expect(permits).toHaveLength(1);
    expect(permits[0]?.disk).toContain('LABDISK2');
    expect(steps().filter((words) => !words.endsWith('progress'))).toEqual([
      'preflight started',
      'preflight done',
      'downloading started',
      'verifying started',
      'verifying done',
      'customising started',
      'customising done',
      'installed done',
    ]);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  });
});

const rendered = (name: string) => LINUX_FILES.find((file) => file.name === name)?.render(context());

/** A disk without partitions that looks, to the installer, like a cloud image: cloud-init, systemd, no inittab. */
async function cloudImage(): Promise<Buffer> {
  return inScratch(async (dir) => {
    const root = path.join(dir, 'root');
    for (const name of ['etc/systemd/system', 'usr/bin', 'usr/lib/systemd/system', 'sbin'])
      await mkdir(path.join(root, name), { recursive: true });
    await writeFile(path.join(root, 'usr/bin/cloud-init'), '#!/bin/sh\n');
    await writeFile(path.join(root, 'sbin/init'), '#!/bin/sh\n');
    const file = path.join(dir, 'cloud.img');
    await (await open(file, 'w')).close();
    await run('mke2fs', ['-q', '-F', '-t', 'ext4', '-d', root, file, '8M'], { package: 'e2fsprogs' });
    return readFile(file);
  });
}
