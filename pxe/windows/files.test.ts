import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../domain/platform.ts';
import { CORP, windowsContext } from '../../test/windows-context.ts';
import { MASK } from '../installer-file.ts';
import type { InstallerContext } from '../installer-file.ts';
import { WINDOWS_FILES } from './files.ts';

function render(name: string, context: InstallerContext): string {
  const file = WINDOWS_FILES.find((candidate) => candidate.name === name);
  if (file === undefined) throw new Error(`there is no file ${name}`);
  return file.render(context);
}

/** `windows-<what>.<ext>` in `pxe/__golden__`; a change of bytes shows in the review. */
function golden(name: string): string {
  return `../__golden__/windows-${name}`;
}

const joined = { settings: { domain: CORP }, secrets: { 'domain-password': 'join <me> & "them"' } } as const;

describe('golden files', () => {
  it.each(PLATFORMS)('what %s gets in WinPE', async (platform) => {
    const context = windowsContext({ settings: { platform } });
    await expect(render('deploy.cmd', context)).toMatchFileSnapshot(golden(`${platform}-deploy.cmd`));
    await expect(render('diskpart.txt', context)).toMatchFileSnapshot(golden(`${platform}-diskpart.txt`));
  });

  it.each(['ServerStandardCore', 'ServerStandard', 'ServerDatacenterCore', 'ServerDatacenter'] as const)(
    'the answer file of %s',
    async (edition) => {
      const context = windowsContext({ edition });
      await expect(render('unattend.xml', context)).toMatchFileSnapshot(golden(`${edition}-unattend.xml`));
    },
  );

  it('the answer file that joins a domain', async () => {
    await expect(render('unattend.xml', windowsContext(joined))).toMatchFileSnapshot(golden('domain-unattend.xml'));
  });

  it('the answer file without an organisational unit, Remote Desktop off, another country', async () => {
    const context = windowsContext({
      settings: {
        domain: { name: 'corp.example.com', ou: null, account: 'CORP\\svc-join' },
        remoteDesktop: false,
        locale: 'en-GB',
        keyboard: 'de-CH',
        timeZone: 'Europe/London',
      },
      secrets: { 'domain-password': 'secret' },
    });
    await expect(render('unattend.xml', context)).toMatchFileSnapshot(golden('en-gb-unattend.xml'));
  });

  it.each(['winpeshl.ini', 'hardware.js', 'SetupComplete.cmd', 'agent.ps1', 'agent.json'])('%s', async (name) => {
    // Not under a name that our own tools would take for one of our modules.
    await expect(render(name, windowsContext())).toMatchFileSnapshot(golden(name.replace(/\.js$/, '-js.txt')));
  });
});

describe('every file', () => {
  const files = WINDOWS_FILES.map(({ name }) => name);

  it('is rendered to the same bytes from the same context', () => {
    for (const name of files) expect(render(name, windowsContext(joined))).toBe(render(name, windowsContext(joined)));
  });

  it.each(files.filter((name) => !name.endsWith('.json')))('%s has CRLF line ends and no byte order mark', (name) => {
    const text = render(name, windowsContext(joined));
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(text.endsWith('\r\n')).toBe(true);
    expect(text.charCodeAt(0)).not.toBe(0xfeff);
  });

  it.each(files.filter((name) => /\.(cmd|ini|txt|js|ps1)$/.test(name)))('%s is ASCII', (name) => {
    expect(render(name, windowsContext(joined))).toMatch(/^[\r\n\u0020-\u007e]*$/);
  });

  it('fits into what wimboot can inject: short ASCII names, nothing it would take for its own', () => {
    for (const { name } of WINDOWS_FILES.filter(({ stage }) => stage === 'boot')) {
      expect(name).toMatch(/^[A-Za-z0-9.]{1,31}$/);
      expect(name).not.toMatch(/\.(wim|sdi|efi|ttf)$|^bootmgr|^bcd$|^wimboot$/i);
    }
  });
});

describe('secrets', () => {
  const canaries = {
    enrolmentToken: 'canary-enrolment',
    secrets: { 'administrator-password': 'Canary-Admin-1', 'domain-password': 'Canary-Domain-2' },
  };
  const context = windowsContext({ settings: { domain: CORP }, context: canaries });
  const hidden = ['canary-enrolment', 'Canary-Admin-1', 'Canary-Domain-2'].flatMap((secret) => [
    secret,
    // Without the last characters, whose base64 depends on what follows.
    Buffer.from(secret, 'utf16le').toString('base64').slice(0, 12),
    Buffer.from(secret).toString('base64').slice(0, 12),
  ]);

  it.each(WINDOWS_FILES.filter(({ stage }) => stage === 'boot').map(({ name }) => name))('are not in %s', (name) => {
    for (const secret of hidden) expect(render(name, context)).not.toContain(secret);
  });

  it('are in no script at all, only in the answer file and the agent’s data', () => {
    const holders = WINDOWS_FILES.filter(({ name }) => hidden.some((secret) => render(name, context).includes(secret)));
    expect(holders.map(({ name }) => name)).toEqual(['unattend.xml', 'agent.json']);
  });

  it('stay masked in a preview', () => {
    const masked = windowsContext({
      settings: { domain: CORP },
      context: { enrolmentToken: MASK, secrets: { 'administrator-password': MASK, 'domain-password': MASK } },
    });
    const xml = render('unattend.xml', masked);
    expect(xml).toContain(`<Value>${MASK}</Value>`);
    expect(xml).toContain(`<Password>${MASK}</Password>`);
    expect(JSON.parse(render('agent.json', masked))).toMatchObject({ enrolmentToken: MASK });
  });
});
