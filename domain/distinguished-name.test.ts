import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domainOfName, parseDistinguishedName } from './distinguished-name.ts';

describe('parseDistinguishedName', () => {
  it('reads each step, escapes undone', () => {
    expect(parseDistinguishedName('OU=Web\\, Berlin, cn=A\\+B,DC=corp,DC=example')).toEqual([
      { attribute: 'ou', value: 'Web, Berlin' },
      { attribute: 'cn', value: 'A+B' },
      { attribute: 'dc', value: 'corp' },
      { attribute: 'dc', value: 'example' },
    ]);
  });

  it.each([
    '',
    'Servers',
    'OU=',
    'OU=a,,DC=b',
    'OU=a,',
    'OU=a\\',
    'OU=a\\zb',
    'OU=\\41',
    'OU=a+CN=b',
    'OU=a"b',
    'OU=a;OU=b',
    'OU= a',
    'OU=a ',
    'OU=#a',
    'UID=a',
    'OU=a\nb',
    'OU=a\u007f',
    'DC=corp,OU=a',
  ])('refuses %j', (text) => {
    expect(parseDistinguishedName(text)).toBeUndefined();
  });

  it('reads back any name that was written with escapes', () => {
    const value = fc.string({ unit: 'grapheme-ascii', minLength: 1 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), (values) => {
        const text = values.map((one) => `OU=${one.replaceAll(/[,+"\\<>;=# ]/g, (char) => `\\${char}`)}`).join(',');
        expect(parseDistinguishedName(text)?.map((part) => part.value)).toEqual(values);
      }),
    );
  });
});

it('domainOfName joins the domain’s steps', () => {
  expect(domainOfName(parseDistinguishedName('OU=a,DC=corp,DC=example,DC=com') ?? [])).toBe('corp.example.com');
});
