import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bootRecord } from './build-image.ts';
import { exists, folderOnce, keyOf } from './cache.ts';
import { cpio } from './cpio.ts';
import type { CpioEntry } from './cpio.ts';
import { closure, parseDependencies } from './modules.ts';
import { BuildError, run } from './run.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'octofleet-build-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

const entries: readonly CpioEntry[] = [
  { path: 'bin/sh', kind: 'link', to: 'busybox' },
  { path: 'bin/busybox', kind: 'file', content: Buffer.from('a program'), executable: true },
  { path: 'etc/odd', kind: 'file', content: Buffer.from('12345'), executable: false },
  { path: 'dev/console', kind: 'character-device', major: 5, minor: 1 },
  { path: 'proc', kind: 'directory' },
];

describe('an archive for the kernel', () => {
  it('has the same bytes whatever order its entries came in', () => {
    expect(cpio([...entries].reverse())).toEqual(cpio(entries));
  });

  it('is read by the cpio program as it was meant', () => {
    const listed = execFileSync('cpio', ['--list', '--verbose', '--quiet', '--numeric-uid-gid'], {
      input: cpio(entries),
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    });

    const words = listed
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/));
    expect(words.map((line) => [line[0], line.slice(8).join(' ') || line.slice(-1)[0]])).toEqual([
      ['drwxr-xr-x', 'bin'],
      ['-rwxr-xr-x', 'bin/busybox'],
      ['lrwxrwxrwx', 'bin/sh -> busybox'],
      ['drwxr-xr-x', 'dev'],
      ['crw-------', expect.stringContaining('dev/console')],
      ['drwxr-xr-x', 'etc'],
      ['-rw-r--r--', 'etc/odd'],
      ['drwxr-xr-x', 'proc'],
    ]);
  });
});

describe('choosing kernel modules', () => {
  const dependencies = parseDependencies(
    [
      'kernel/drivers/net/virtio_net.ko: kernel/net/core/failover.ko',
      'kernel/net/core/failover.ko: kernel/lib/base.ko',
      'kernel/lib/base.ko:',
      'kernel/drivers/ata/ahci.ko: kernel/drivers/ata/libahci.ko',
      'kernel/drivers/ata/libahci.ko:',
      'kernel/drivers/net/virtio_net_other.ko:',
    ].join('\n'),
  );

  it('takes what a module needs, however far down', () => {
    expect(closure(['drivers/net/virtio_net'], dependencies)).toEqual([
      'kernel/drivers/net/virtio_net.ko',
      'kernel/lib/base.ko',
      'kernel/net/core/failover.ko',
    ]);
  });

  it('takes a whole folder', () => {
    expect(closure(['drivers/ata'], dependencies)).toEqual([
      'kernel/drivers/ata/ahci.ko',
      'kernel/drivers/ata/libahci.ko',
    ]);
  });
});

describe('the boot sector of the lab’s disk', () => {
  it('keeps GRUB’s code and names one bootable Linux partition', () => {
    const sector = bootRecord(Buffer.alloc(512, 0xeb));

    expect(sector.subarray(0, 440).every((byte) => byte === 0xeb)).toBe(true);
    expect(sector[446]).toBe(0x80);
    expect(sector[450]).toBe(0x83);
    expect(sector.readUInt32LE(454)).toBe(2048);
    expect(sector.readUInt32LE(454) + sector.readUInt32LE(458)).toBe((48 * 1024 * 1024) / 512);
    expect([...sector.subarray(510)]).toEqual([0x55, 0xaa]);
  });
});

describe('what is kept in the cache', () => {
  it('is made once, also when two want it at the same time', async () => {
    let made = 0;
    const make = async (dir: string) => {
      made += 1;
      await writeFile(path.join(dir, 'file'), 'content');
    };

    const [one, other] = await Promise.all([folderOnce(scratch, 'twice', make), folderOnce(scratch, 'twice', make)]);
    await folderOnce(scratch, 'twice', make);

    expect(one).toBe(other);
    expect(made).toBeLessThanOrEqual(2);
    expect((await readdir(scratch)).filter((name) => name.includes('twice'))).toEqual(['twice']);
  });

  it('leaves nothing behind when its making fails', async () => {
    await expect(folderOnce(scratch, 'broken', () => Promise.reject(new Error('no room')))).rejects.toThrow('no room');

    expect(await exists(path.join(scratch, 'broken'))).toBe(false);
    expect((await readdir(scratch)).filter((name) => name.includes('broken'))).toEqual([]);
  });

  it('has another name for other inputs', () => {
    expect(keyOf('a', 'bc')).not.toBe(keyOf('ab', 'c'));
  });
});

describe('a tool that is missing', () => {
  it('is named together with the package that brings it', async () => {
    await expect(run('no-such-tool', [], { package: 'some-package' })).rejects.toThrow(
      new BuildError('no-such-tool is not installed. Cure: apt-get install some-package'),
    );
  });
});
