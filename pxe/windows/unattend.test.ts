import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Parser } from 'xml2js';
import { WINDOWS_EDITIONS } from '../../domain/image.ts';
import { LOCALES } from '../../domain/locale.ts';
import { TIME_ZONES, windowsTimeZone } from '../../domain/time-zone.ts';
import { CORP, windowsContext } from '../../test/windows-context.ts';
import { TemplateError } from '../installer-file.ts';
import { validateSettings } from '../validate-settings.ts';
import { disguisedAdministratorPassword } from './password.ts';
import { PRODUCT_KEYS } from './product-key.ts';
import { renderUnattend } from './unattend.ts';

interface Row {
  readonly component: string;
  readonly path: string;
  readonly passes: readonly string[];
  readonly maxLength?: number;
}

/** Which elements Microsoft documents, in which passes they run, and how long they may be: the part that we touch. */
const TABLE = JSON.parse(
  readFileSync(new URL('data/unattend-elements.json', import.meta.url), 'utf8'),
) as readonly Row[];

interface Setting extends Omit<Row, 'passes'> {
  readonly pass: string;
  readonly value: string;
}

/** Every element of an answer file with its place. Lists are walked item by item. */
async function elementsOf(xml: string): Promise<readonly Setting[]> {
  const document = (await new Parser({ strict: true }).parseStringPromise(xml)) as {
    unattend: { settings: { $: { pass: string }; component: ({ $: { name: string } } & Record<string, unknown>)[] }[] };
  };
  return document.unattend.settings.flatMap(({ $: { pass }, component }) =>
    component.flatMap((content) => walk(content, '').map((found) => ({ pass, component: content.$.name, ...found }))),
  );
}

function walk(node: object, prefix: string): { path: string; value: string }[] {
  return Object.entries(node as Record<string, unknown[]>)
    .filter(([name]) => name !== '$')
    .flatMap(([name, items]) =>
      items.flatMap((item) => {
        const path = `${prefix}${name}`;
        if (typeof item === 'string') return [{ path, value: item }];
        return [{ path, value: '' }, ...walk(item as object, `${path}/`)];
      }),
    );
}

async function valueOf(xml: string, component: string, path: string): Promise<string | undefined> {
  const found = (await elementsOf(xml)).find((one) => one.component === component && one.path === path);
  return found?.value;
}

const JOINED = windowsContext({ settings: { domain: CORP }, secrets: { 'domain-password': 'Join-Me' } });
const SHELL = 'Microsoft-Windows-Shell-Setup';
const JOIN = 'Microsoft-Windows-UnattendedJoin';

describe('the elements of the answer file', () => {
  it.each([windowsContext(), JOINED, windowsContext({ settings: { remoteDesktop: false } })])(
    'are known, run in their pass, and are not too long (%#)',
    async (context) => {
      const elements = await elementsOf(renderUnattend(context));
      expect(elements.length).toBeGreaterThan(15);
      for (const { component, path, pass, value } of elements) {
        const row = TABLE.find((known) => known.component === component && known.path === path);
        expect(row, `${component}/${path}`).toBeDefined();
        expect(row?.passes, `${component}/${path}`).toContain(pass);
        expect(value.length).toBeLessThanOrEqual(row?.maxLength ?? Number.POSITIVE_INFINITY);
      }
    },
  );

  it('the table can say no', () => {
    const known = (component: string, path: string) =>
      TABLE.some((row) => row.component === component && row.path === path);
    expect(known(SHELL, 'AcceptEula')).toBe(false);
    expect(TABLE.find((row) => row.path === 'ComputerName')?.passes).not.toContain('oobeSystem');
  });
});

describe('defects that must not come back', () => {
  const xml = renderUnattend(JOINED);

  it.each([
    ['a pass that never runs', /pass="(windowsPE|offlineServicing|generalize|audit\w+)"/],
    ['an automatic logon', /AutoLogon|FirstLogonCommands/],
    ['disk layout or install source', /DiskConfiguration|InstallFrom|ImageInstall/],
    ['the firewall group by its English name', /Remote Desktop/],
    ['network level authentication off', /<UserAuthentication>0/],
    ['an undeclared or missing action on a list item', /<FirewallGroup>/],
  ])('%s', (_, pattern) => {
    expect(xml).not.toMatch(pattern);
  });

  it('declares the prefix it uses', () => {
    expect(xml).toContain('xmlns:wcm="http://schemas.microsoft.com/WMIConfig/2002/State"');
    expect(xml).toContain('<FirewallGroup wcm:action="add" wcm:keyValue="RemoteDesktop">');
  });
});

describe('the password of the administrator', () => {
  it('is disguised as Windows undoes it: the published check value', () => {
    expect(disguisedAdministratorPassword('pw')).toBe(
      'cAB3AEEAZABtAGkAbgBpAHMAdAByAGEAdABvAHIAUABhAHMAcwB3AG8AcgBkAA==',
    );
  });

  it('is needed', () => {
    expect(() => renderUnattend(windowsContext({ secrets: { 'administrator-password': null } }))).toThrow(
      TemplateError,
    );
  });
});

describe('the product key', () => {
  it.each(WINDOWS_EDITIONS)('of %s is in the file and has the form of one', async (edition) => {
    const key = await valueOf(renderUnattend(windowsContext({ edition })), SHELL, 'ProductKey');
    expect(key).toBe(PRODUCT_KEYS[edition]);
    expect(key).toMatch(/^[0-9A-Z]{5}(-[0-9A-Z]{5}){4}$/);
  });
});

describe('joining', () => {
  it.each([
    ['svc-join', 'svc-join', 'corp.example.com'],
    ['svc-join@other.example.com', 'svc-join', 'other.example.com'],
    ['CORP\\svc-join', 'svc-join', 'CORP'],
  ])('splits the account %s', async (account, user, domain) => {
    const xml = renderUnattend(
      windowsContext({ settings: { domain: { ...CORP, account } }, secrets: { 'domain-password': 'x' } }),
    );
    expect(await valueOf(xml, JOIN, 'Identification/Credentials/Username')).toBe(user);
    expect(await valueOf(xml, JOIN, 'Identification/Credentials/Domain')).toBe(domain);
  });

  it('is refused without the account’s password', () => {
    expect(() => renderUnattend(windowsContext({ settings: { domain: CORP } }))).toThrow(TemplateError);
  });

  it('leaves no trace where none is asked for', () => {
    expect(renderUnattend(windowsContext())).not.toContain('UnattendedJoin');
  });
});

describe('any settings that are accepted', () => {
  const password = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
  const host = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,13}[A-Za-z0-9]$/);
  const ou = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .map((name) => `OU=${name.replaceAll(/[,+"\\<>;=#]/g, (char) => `\\${char}`)},DC=corp,DC=example,DC=com`);

  it('come back from the XML as they went in', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          hostName: host,
          locale: fc.constantFrom(...LOCALES),
          keyboard: fc.constantFrom(...LOCALES),
          timeZone: fc.constantFrom(...TIME_ZONES),
          account: fc.oneof(fc.constant('svc-join'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })),
          ou: fc.option(ou),
          administrator: password.map((text) => `Aa1!${text}${text}`),
          join: password,
        }),
        async ({ hostName, locale, keyboard, timeZone, account, ou: unit, administrator, join }) => {
          const context = windowsContext({
            settings: { hostName, locale, keyboard, timeZone, domain: { name: 'corp.example.com', account, ou: unit } },
            secrets: { 'administrator-password': administrator, 'domain-password': join },
          });
          if (validateSettings(context.settings, context.image, context.secrets).length > 0) return;
          accepted++;
          const xml = renderUnattend(context);
          expect(await valueOf(xml, SHELL, 'ComputerName')).toBe(hostName);
          expect(await valueOf(xml, SHELL, 'TimeZone')).toBe(windowsTimeZone(timeZone));
          expect(await valueOf(xml, 'Microsoft-Windows-International-Core', 'UserLocale')).toBe(locale);
          expect(await valueOf(xml, JOIN, 'Identification/Credentials/Password')).toBe(join);
          expect(await valueOf(xml, JOIN, 'Identification/MachineObjectOU')).toBe(unit ?? undefined);
          const disguised = await valueOf(xml, SHELL, 'UserAccounts/AdministratorPassword/Value');
          expect(Buffer.from(disguised ?? '', 'base64').toString('utf16le')).toBe(
            `${administrator}AdministratorPassword`,
          );
        },
      ),
      { numRuns: 300 },
    );
    // The property says nothing if hardly anything was accepted.
    expect(accepted).toBeGreaterThan(50);
  });

  it('what the writer would have to refuse is not accepted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const context = windowsContext({
          settings: { domain: { ...CORP, account: text, ou: `OU=${text},DC=corp,DC=example,DC=com` } },
          secrets: { 'administrator-password': `Aa1!aaaa${text}`, 'domain-password': `x${text}x` },
        });
        if (validateSettings(context.settings, context.image, context.secrets).length > 0) return;
        expect(() => renderUnattend(context)).not.toThrow();
      }),
    );
  });
});
