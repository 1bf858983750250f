import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TemplateError } from '../installer-file.ts';
import { cmdFile, cmdValue } from './cmd.ts';
import { diskpartSize, diskpartWord } from './diskpart.ts';
import { xmlText } from './xml.ts';

/** What has broken out of scripts somewhere before. */
const HOSTILE = [
  'a\nb',
  'a\r\nb',
  'a\n',
  '%PATH%',
  '%',
  '^&calc',
  'a&b',
  'a|b',
  'a>b',
  '"quoted"',
  '\u201ccurly\u201d',
  '\u2018curly\u2019',
  '!delayed!',
  'a\u0000b',
  ')',
  '(',
  'a;b',
  'a b',
  "it's",
  '`tick`',
  '$(calc)',
  'a\tb',
  'a\u0085b',
  'a\u2028b',
  'ü',
  '\ud800',
  ']]>',
  '<x>',
];

describe('cmdValue', () => {
  it.each(HOSTILE)('refuses %j', (value) => {
    expect(() => cmdValue(value)).toThrow(TemplateError);
  });

  it.each(['http://192.0.2.10:8080', 'http://[2001:db8::1]:8080', 'Zm9v-_9', 'S4EV.0_1:2', ''])(
    'passes %j',
    (value) => {
      expect(cmdValue(value)).toBe(value);
    },
  );

  it('passes nothing that cmd reads as more than a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        try {
          expect(cmdValue(value)).not.toMatch(/[^A-Za-z0-9._:/[\]-]/);
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
        }
      }),
    );
  });
});

describe('cmdFile', () => {
  it('ends every line with CRLF', () => {
    expect(cmdFile('a\nb\n')).toBe('a\r\nb\r\n');
  });

  it.each(['a\rb', 'a\tb', 'ü', '\ufeff@echo off', 'a\u0000b'])('refuses %j', (text) => {
    expect(() => cmdFile(text)).toThrow(TemplateError);
  });
});

describe('diskpart', () => {
  it.each([...HOSTILE, '', '-x', 'a=b', '*'])('a word is not %j', (value) => {
    expect(() => diskpartWord(value)).toThrow(TemplateError);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e21])('a size is not %d', (size) => {
    expect(() => diskpartSize(size)).toThrow(TemplateError);
  });

  it('writes words and sizes as they are', () => {
    expect(diskpartWord('Windows')).toBe('Windows');
    expect(diskpartSize(300)).toBe('300');
  });
});

describe('xmlText', () => {
  it.each([
    'a\nb',
    'a\rb',
    'a\tb',
    'a\u0000b',
    'a\u000bb',
    'a\u0085b',
    'a\u007fb',
    '\ud800',
    'x\udc00',
    '\ufffe',
    '\uffff',
  ])('refuses %j, which XML or a setting cannot hold', (value) => {
    expect(() => xmlText(value)).toThrow(TemplateError);
  });

  it.each(['<&>"\'', ']]>', '\u201ccurly\u201d', 'ü€', '😀', '%PATH%', ''])('leaves %j to the writer', (value) => {
    expect(xmlText(value)).toBe(value);
  });
});
