import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseMac } from '../../domain/identity.ts';
import { DEFAULT_SETTINGS } from '../../domain/settings.ts';
import { MASK, TemplateError } from '../installer-file.ts';
import type { InstallerContext } from '../installer-file.ts';
import { sha512Crypt } from './crypt.ts';
import { LINUX_FILES } from './files.ts';

const context: InstallerContext = {
  baseUrl: 'http://192.0.2.10:8080',
  credential: 'attempt-token',
  deploymentId: '0190a1b2-0000-4000-8000-00000000abcd',
  attempt: 2,
  mac: parseMac('52:54:00:12:34:56'),
  settings: { ...DEFAULT_SETTINGS, hostName: 'web-07', platform: 'kvm' },
  image: {
    id: '0190a1b2-0000-4000-8000-000000000001',
    name: 'Debian 12',
    assetSha256: 'f'.repeat(64),
    demo: false,
    kind: 'raw-disk',
    family: 'linux',
    compression: 'gzip',
    diskSize: 67_108_864,
  },
  assets: { image: { sha256: 'f'.repeat(64), name: 'debian 12.img.gz', size: 1, role: 'image', demo: false } },
  enrolmentToken: 'enrolment-token-0123456789',
  secrets: { 'administrator-password': 'correct horse battery staple', 'domain-password': null },
};

const render = (name: string, given: InstallerContext = context) => {
  const file = LINUX_FILES.find((candidate) => candidate.name === name);
  if (file === undefined) throw new Error(`no such file: ${name}`);
  return file.render(given);
};

describe('files for a Linux installation, as the installer gets them', () => {
  it.each(['install.conf', 'user-data', 'meta-data', 'vendor-data', 'network-config', 'agent.conf'])(
    '%s',
    async (name) => {
      await expect(render(name)).toMatchFileSnapshot(`../__golden__/linux-${name}`);
    },
  );

  it('are all kept behind the exchange', () => {
    expect(LINUX_FILES.filter(({ stage }) => stage !== 'install')).toEqual([]);
  });

  it('carry no password in clear, and the same bytes for the same attempt', () => {
    const all = LINUX_FILES.map((file) => file.render(context)).join('\n');

    expect(all).not.toContain('correct horse');
    expect(LINUX_FILES.map((file) => file.render(context)).join('\n')).toBe(all);
  });

  it('show a mask where a preview hides the password', () => {
    const secrets = { 'administrator-password': MASK, 'domain-password': null };

    expect(render('user-data', { ...context, secrets })).toContain(`hashed_passwd: "${MASK}"`);
  });

  it.each(['52:54:00:12:34:56', 'no', '1e3', '0x10', '12:30'])(
    'write %s so that a reader of YAML 1.1, as cloud-init is, gets text',
    (text) => {
      const settings = { ...context.settings, hostName: text };

      const metaData = parse(render('meta-data', { ...context, settings }), { version: '1.1' }) as object;

      expect(metaData).toHaveProperty('local-hostname', text);
    },
  );

  it('leave the accounts alone when there is no password', () => {
    const secrets = { 'administrator-password': null, 'domain-password': null };

    const userData = parse(render('user-data', { ...context, secrets }));

    expect(userData).not.toHaveProperty('users');
    expect(userData).toMatchObject({ ssh_pwauth: false });
  });
});

describe('files for a Linux installation and values they cannot hold', () => {
  const withSettings = (settings: Partial<InstallerContext['settings']>) => ({
    ...context,
    settings: { ...context.settings, ...settings },
  });

  it.each(['a\nIMAGE_URL=http://evil/', 'a\rb', 'a\u0000b'])('refuse %j as a disk serial', (diskSerial) => {
    expect(() => render('install.conf', withSettings({ diskSerial }))).toThrow(TemplateError);
  });

  it('refuse a keyboard or locale that Linux has no name for', () => {
    expect(() => render('user-data', withSettings({ keyboard: 'xx-XX' }))).toThrow(/no Linux keyboard for xx-XX/);
    expect(() => render('user-data', withSettings({ locale: 'german' }))).toThrow(/no Linux name/);
  });

  it('refuse a domain, which a Linux system cannot join yet', () => {
    const domain = { name: 'corp.example.com', ou: null, account: 'svc-join' };

    expect(() => render('user-data', withSettings({ domain }))).toThrow(TemplateError);
  });

  it('keep any text a value', () => {
    const secrets = { 'administrator-password': null, 'domain-password': null };
    const documentOf = (timeZone: string) =>
      parse(render('user-data', { ...withSettings({ timeZone }), secrets })) as Record<string, unknown>;
    const keys = Object.keys(documentOf('Europe/Berlin'));

    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (timeZone) => {
        expect(documentOf(timeZone)['timezone']).toBe(timeZone);
        expect(Object.keys(documentOf(timeZone))).toEqual(keys);
      }),
    );
  });
});

describe('the hash of a password', () => {
  it.each([
    [
      'Hello world!',
      'saltstring',
      '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
    ],
    [
      'x'.repeat(64),
      'abcDEF./123',
      '$6$abcDEF./123$a1FIhGN0/Pmp0XezfMQfwzNcXmbEu7GqFLhrg1meFCE0M0nzeyTNzK17zGHo5WecGox2PRShIdjICzbVypy101',
    ],
    [
      'äöü€'.repeat(20),
      'abcDEF./123',
      '$6$abcDEF./123$Bdcmj5xazu3OUw8jTWAyYpvdypT4B8dAPFAjJyUkzlz6R6YZvfz/kPFTdQHc/IJ6IbGRMU3nNIT2a0Q6EMapD/',
    ],
  ])('is what crypt(3) makes of it (%#)', (password, salt, hash) => {
    expect(sha512Crypt(Buffer.from(password), salt)).toBe(hash);
  });
});

const has = (tool: string) => (process.env['PATH'] ?? '').split(':').some((dir) => existsSync(path.join(dir, tool)));

describe('the target’s own readers', () => {
  it.skipIf(!has('cloud-init') && process.env['CI'] !== 'true')('cloud-init accepts the user data', () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'octofleet-seed-'));
    try {
      const file = path.join(dir, 'user-data');
      writeFileSync(file, render('user-data'));

      const said = execFileSync('cloud-init', ['schema', '--config-file', file], { encoding: 'utf8' });

      expect(said).toMatch(/Valid/);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it.skipIf(!has('shellcheck') && process.env['CI'] !== 'true')('shellcheck finds nothing in the installer', () => {
    const said = execFileSync('shellcheck', ['-x', '-s', 'sh', 'init.sh', 'udhcpc.sh'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    });

    expect(said).toBe('');
  });
});
