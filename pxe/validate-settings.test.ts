import { describe, expect, it } from 'vitest';
import { LOCALES } from '../domain/locale.ts';
import type { DeploymentSettings } from '../domain/settings.ts';
import { CORP, windowsContext } from '../test/windows-context.ts';
import type { InstallerContext } from './installer-file.ts';
import { linuxKeyboard, linuxLocale } from './linux/locale.ts';
import { validateSettings } from './validate-settings.ts';

function pointers(settings: Partial<DeploymentSettings>, secrets: Partial<InstallerContext['secrets']> = {}) {
  const context = windowsContext({ settings, secrets });
  return validateSettings(context.settings, context.image, context.secrets).map(({ pointer }) => pointer);
}

const JOIN = { 'domain-password': 'Join-Me' };

describe('settings for Windows', () => {
  it('accepts what the defaults make', () => {
    expect(pointers({})).toEqual([]);
    expect(pointers({ domain: CORP }, JOIN)).toEqual([]);
    expect(pointers({ domain: { ...CORP, ou: null } }, JOIN)).toEqual([]);
  });

  it.each<readonly [string, Partial<DeploymentSettings>]>([
    ['/hostName', { hostName: 'longer-than-fifteen' }],
    ['/hostName', { hostName: '12345' }],
    ['/hostName', { hostName: 'a&b' }],
    ['/settings/locale', { locale: 'de_DE' }],
    ['/settings/locale', { locale: 'toString' }],
    ['/settings/keyboard', { keyboard: 'de' }],
    ['/settings/timeZone', { timeZone: 'W. Europe Standard Time' }],
    ['/settings/timeZone', { timeZone: 'constructor' }],
    ['/settings/diskSerial', { diskSerial: 'a b' }],
    ['/settings/diskSerial', { diskSerial: '' }],
    ['/settings/diskSerial', { diskSerial: '%PATH%' }],
  ])('%s refuses %j', (pointer, settings) => {
    expect(pointers(settings)).toEqual([pointer]);
  });

  it.each(['corp', '-corp.example.com', 'corp..com', 'corp.example.com\n', `${'a'.repeat(64)}.com`])(
    'the domain is not called %j',
    (name) => {
      expect(pointers({ domain: { ...CORP, ou: null, account: 'CORP\\svc', name } }, JOIN)).toEqual([
        '/settings/domain/name',
      ]);
    },
  );

  it.each([
    '',
    'a b\n',
    'svc@',
    '@corp.example.com',
    'COR P\\svc',
    '\\svc',
    'a"b',
    'a/b',
    'svc@corp@example.com',
    ' svc',
  ])('the join account is not %j', (account) => {
    expect(pointers({ domain: { ...CORP, account } }, JOIN)).toEqual(['/settings/domain/account']);
  });

  it.each([
    'Servers',
    'OU=Servers',
    'DC=corp,DC=example,DC=com',
    'OU=Servers,DC=other,DC=example,DC=com',
    'OU=Ser"vers,DC=corp,DC=example,DC=com',
    'OU=,DC=corp,DC=example,DC=com',
    'O=Servers,DC=corp,DC=example,DC=com',
    'OU=a,DC=corp,OU=b,DC=example,DC=com',
    'OU=Servers\n,DC=corp,DC=example,DC=com',
    'corp.example.com/Servers',
    `OU=${'a'.repeat(1_024)},DC=corp,DC=example,DC=com`,
  ])('the organisational unit is not %j', (ou) => {
    expect(pointers({ domain: { ...CORP, ou } }, JOIN)).toEqual(['/settings/domain/ou']);
  });

  it.each([
    'OU=A\\, B,OU=C,DC=corp,DC=example,DC=com',
    'ou=Büro,dc=CORP,dc=example,dc=com',
    'CN=Computers,DC=corp,DC=example,DC=com',
  ])('the organisational unit may be %j', (ou) => {
    expect(pointers({ domain: { ...CORP, ou } }, JOIN)).toEqual([]);
  });

  it.each([
    null,
    'Sh0rt!',
    'alllowercase',
    'NoDigitsHere',
    'Aa1!'.repeat(40),
    'Administrator1!',
    'Aa1!aaaa\u0007',
    'Aa1!aaaa\ud800',
  ])('the administrator’s password is not %j', (password) => {
    expect(pointers({}, { 'administrator-password': password })).toEqual(['/secrets/administratorPassword']);
  });

  it.each(['Passw0rd', 'geheim-23', 'GEHEIM-23', 'Grüße & "Küsse" <3', '密碼密碼密-Aa'])(
    'the administrator’s password may be %j',
    (password) => {
      expect(pointers({}, { 'administrator-password': password })).toEqual([]);
    },
  );

  it.each([null, '', 'a\nb', ' a', 'a '])('the password of the join account is not %j', (password) => {
    expect(pointers({ domain: CORP }, { 'domain-password': password })).toEqual(['/secrets/domainPassword']);
  });

  it('names every fault at once', () => {
    expect(
      pointers({ hostName: '', locale: 'x', keyboard: 'y', timeZone: 'z' }, { 'administrator-password': null }),
    ).toEqual([
      '/hostName',
      '/settings/locale',
      '/settings/keyboard',
      '/settings/timeZone',
      '/secrets/administratorPassword',
    ]);
  });
});

it('every locale that a form offers has a name and a keyboard under Linux too', () => {
  for (const tag of LOCALES) {
    expect(linuxLocale(tag)).toMatch(/^[a-z]{2}_[A-Z]{2}\.UTF-8$/);
    expect(linuxKeyboard(tag).layout).toMatch(/^[a-z]+$/);
  }
});
