import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DomainError } from './errors.ts';
import { macInUrl, parseHostName, parseMac, parseSmbiosUuid, sameSmbiosUuid, suggestedHostName } from './identity.ts';

describe('MAC addresses', () => {
  test.each([
    '52:54:00:12:34:56',
    '52-54-00-12-34-56',
    '5254.0012.3456',
    '525400123456',
    ' 52:54:00:12:34:56 ',
    '52 54 00 12 34 56',
  ])('are read however they are written: %s', (text) => {
    expect(parseMac(text)).toBe('52:54:00:12:34:56');
    expect(parseMac(text.toUpperCase())).toBe('52:54:00:12:34:56');
  });

  test.each([
    '',
    '52:54:00:12:34',
    '52:54:00:12:34:56:78',
    '52:54:00:12:34:5g',
    '00:00:00:00:00:00',
    'ff:ff:ff:ff:ff:ff',
    '01:00:5e:00:00:01',
    '5254001234561\n',
    `52:54:00:12:34:56${' '.repeat(100)}`,
    '５２:54:00:12:34:56',
  ])('that cannot be a card’s are refused: %j', (text) => {
    expect(() => parseMac(text)).toThrow(DomainError);
  });

  test('survive the way into an address and back; any other text is refused with a word, never an accident', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        try {
          const mac = parseMac(text);
          expect(parseMac(macInUrl(mac))).toBe(mac);
        } catch (error) {
          expect(error).toBeInstanceOf(DomainError);
        }
      }),
    );
  });
});

describe('SMBIOS UUIDs', () => {
  test('are lower case; what vendors ship instead of one names nobody', () => {
    expect(parseSmbiosUuid('4C4C4544-0042-3510-8053-B4C04F4E4A32')).toBe('4c4c4544-0042-3510-8053-b4c04f4e4a32');
    expect(parseSmbiosUuid('FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF')).toBeUndefined();
    expect(() => parseSmbiosUuid('Not Settable')).toThrow(DomainError);
  });

  test('name the same board in both byte orders, and no other board', () => {
    const [a, swapped] = ['4c4c4544-0042-3510-8053-b4c04f4e4a32', '44454C4C-4200-1035-8053-B4C04F4E4A32'];

    expect(sameSmbiosUuid(a, swapped)).toBe(true);
    expect(sameSmbiosUuid(swapped, a)).toBe(true);
    expect(sameSmbiosUuid(a, a.replace('32', '33'))).toBe(false);
  });
});

describe('host names', () => {
  test.each(['web-07', 'WEB07', 'a', 'x'.repeat(15)])('%s suits Windows and Linux', (name) => {
    expect(parseHostName(name, 'windows')).toBe(name);
    expect(parseHostName(name, 'linux')).toBe(name);
  });

  test.each(['', '-web', 'web-', 'web_07', 'web.corp', '1234', 'wéb', 'a b', 'x'.repeat(64)])(
    '%j suits neither',
    (name) => {
      expect(() => parseHostName(name, 'windows')).toThrow(DomainError);
      expect(() => parseHostName(name, 'linux')).toThrow(DomainError);
    },
  );

  test('Windows takes 15 characters and no more', () => {
    expect(() => parseHostName('x'.repeat(16), 'windows')).toThrow(DomainError);
    expect(parseHostName('x'.repeat(16), 'linux')).toHaveLength(16);
  });

  test('one made from a MAC suits the system it is made for', () => {
    const mac = parseMac('52:54:00:12:34:56');

    expect(parseHostName(suggestedHostName(mac, 'windows'), 'windows')).toBe('WIN-123456');
    expect(parseHostName(suggestedHostName(mac, 'linux'), 'linux')).toBe('lin-123456');
  });
});
