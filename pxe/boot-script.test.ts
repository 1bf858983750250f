import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMac } from '../domain/identity.ts';
import type { ASSET_ROLES } from '../domain/image.ts';
import { DEFAULT_SETTINGS } from '../domain/settings.ts';
import { renderFirstStage, renderHold, renderInstall, renderLocalBoot } from './boot-script.ts';
import { TemplateError } from './installer-file.ts';
import type { InstallerContext } from './installer-file.ts';

const baseUrl = 'http://192.0.2.10:8080';
const mac = parseMac('52:54:00:12:34:56');
const asset = (role: (typeof ASSET_ROLES)[number], name: string, digit: string) => ({
  role,
  name,
  sha256: digit.repeat(64),
  size: 1_000,
  demo: false,
});

const context: InstallerContext = {
  baseUrl,
  credential: 'Zm9vYmFyYmF6-_0123456789abcdef',
  deploymentId: '0190a1b2-0000-4000-8000-00000000abcd',
  attempt: 2,
  mac,
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
  assets: {
    'linux-kernel': asset('linux-kernel', 'vmlinuz', 'a'),
    'linux-initrd': asset('linux-initrd', 'installer.cpio.gz', 'b'),
    'grub-localboot': asset('grub-localboot', 'localboot.efi', 'c'),
    wimboot: asset('wimboot', 'wimboot', 'd'),
    winpe: asset('winpe', 'boot (2025).wim', 'e'),
    'winpe-curl': asset('winpe-curl', 'curl.exe', '9'),
  },
  enrolmentToken: '********',
  secrets: { 'administrator-password': '********', 'domain-password': null },
};
const windows: InstallerContext = {
  ...context,
  image: {
    id: '0190a1b2-0000-4000-8000-000000000002',
    name: 'Windows Server 2025',
    assetSha256: 'f'.repeat(64),
    demo: false,
    kind: 'wim',
    family: 'windows',
    edition: 'ServerDatacenter',
    wimIndex: 4,
  },
};
const local = {
  baseUrl,
  because: 'No deployment waits for this machine.',
  grubLocalboot: undefined,
  loader: undefined,
};
const hold = { baseUrl, mac, because: 'The deployment waits for an operator.', againSeconds: 30 };

describe('boot scripts, as machines get them', () => {
  it.each([
    ['first-stage', renderFirstStage({ baseUrl })],
    ['install-linux', renderInstall(context)],
    ['install-windows', renderInstall(windows)],
    ['local-bare', renderLocalBoot(local)],
    ['local-linux', renderLocalBoot({ ...local, grubLocalboot: context.assets['grub-localboot'], loader: 'linux' })],
    [
      'local-windows',
      renderLocalBoot({ ...local, grubLocalboot: context.assets['grub-localboot'], loader: 'windows' }),
    ],
    ['hold', renderHold(hold)],
  ])('%s', async (name, text) => {
    await expect(text).toMatchFileSnapshot(`__golden__/boot-${name}.ipxe`);
  });
});

describe('boot scripts and hostile values', () => {
  it.each(['a\nshell', 'a b', '${net0/mac}', 'a;b', '"quoted"', 'a\u2028b', '', 'x\n', '-x'])(
    'refuse %j as a deployment id',
    (deploymentId) => {
      expect(() => renderInstall({ ...context, deploymentId })).toThrow(TemplateError);
    },
  );

  it.each(['http://h/ x', 'http://h\nshell', 'ftp://h', 'http://${x}', 'http://h/a"b', 'javascript:alert(1)'])(
    'refuse %j as the address of the service',
    (address) => {
      expect(() => renderFirstStage({ baseUrl: address })).toThrow(TemplateError);
      expect(() => renderHold({ ...hold, baseUrl: address })).toThrow(TemplateError);
      expect(() => renderInstall({ ...context, baseUrl: address })).toThrow(TemplateError);
    },
  );

  it.each(['abc def', 'abc\nshell', 'abc"def', 'a$b'])('refuse %j as a credential', (credential) => {
    expect(() => renderInstall({ ...context, credential })).toThrow(TemplateError);
  });

  it('say which file is missing', () => {
    expect(() => renderInstall({ ...context, assets: {} })).toThrow(/linux-kernel/);
    expect(() => renderInstall({ ...windows, assets: {} })).toThrow(/wimboot/);
  });

  it('never carry a secret, whatever the context holds', () => {
    const secrets = { 'administrator-password': 'Secret-One', 'domain-password': 'Secret-Two' };

    const text = [context, windows].map((given) =>
      renderInstall({ ...given, secrets, enrolmentToken: 'Secret-Three' }),
    );

    expect(text.join()).not.toContain('Secret');
  });
});

/** Commands of a script with every value cut out: what a value cannot change. */
const skeleton = (text: string) =>
  text.split('\n').map((line) => (line.startsWith('echo') ? 'echo' : (line.split(' ')[0] ?? '')));

describe('no line of a boot script can be produced from a value', () => {
  it('in a reason', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (because) => {
        const text = renderHold({ ...hold, because }) + renderLocalBoot({ ...local, because });

        expect(skeleton(text)).toEqual(skeleton(renderHold(hold) + renderLocalBoot(local)));
        expect(text.match(/\$\{/g)).toEqual((renderHold(hold) + renderLocalBoot(local)).match(/\$\{/g));
        expect(text.split('\n').filter((line) => line.startsWith('echo') && /[|&;$\r]/.test(line))).toEqual([]);
      }),
    );
  });

  it('in a credential or a file name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', minLength: 1 }), (credential, name) => {
        const assets = { ...context.assets, 'linux-kernel': asset('linux-kernel', name, 'a') };
        let text: string;
        try {
          text = renderInstall({ ...context, credential, assets });
        } catch (error) {
          // A lone surrogate has no percent form; JavaScript itself refuses it.
          expect(error instanceof TemplateError || error instanceof URIError).toBe(true);
          return;
        }
        expect(skeleton(text)).toEqual(skeleton(renderInstall(context)));
      }),
    );
  });
});

describe('every boot script', () => {
  it.each([
    renderFirstStage({ baseUrl }),
    renderInstall(context),
    renderInstall(windows),
    renderLocalBoot(local),
    renderHold(hold),
  ])('guards each command that can fail, so that iPXE never stops in the middle (%#)', (text) => {
    const commands = text.split('\n').filter((line) => !/^(#!ipxe|:|echo |set |inc |goto |exit |$)/.test(line));

    expect(commands.filter((line) => !line.includes('||'))).toEqual([]);
  });
});
