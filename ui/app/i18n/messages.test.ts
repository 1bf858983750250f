import { describe, expect, it } from 'vitest';
import { explainBoot } from '../../../domain/boot-decision.ts';
import { languageFrom } from './language.ts';
import { MESSAGES } from './messages.ts';

function isSentence(value: unknown): value is (...values: number[]) => string {
  return typeof value === 'function';
}

/** Every text of a language by its path; functions are called with two sample arguments. */
function texts(value: unknown, path = ''): ReadonlyMap<string, string> {
  if (typeof value === 'string') return new Map([[path, value]]);
  if (isSentence(value)) return new Map([[path, value(3, 7)]]);
  if (typeof value !== 'object' || value === null) throw new Error(`${path} is no text`);
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...texts(inner, `${path}/${key}`)]));
}

const en = texts(MESSAGES.en);
const de = texts(MESSAGES.de);

describe('the two languages', () => {
  it('have the same texts', () => {
    expect([...de.keys()].sort()).toEqual([...en.keys()].sort());
  });

  it('leave no text empty', () => {
    for (const [path, text] of [...en, ...de]) expect(text.trim(), path).not.toBe('');
  });

  it('use the same values in a sentence', () => {
    const valuesIn = (text: string) => (text.match(/[37]/g) ?? []).sort();
    for (const [path, text] of en)
      if (typeof at(path) === 'function') expect(valuesIn(de.get(path) ?? ''), path).toEqual(valuesIn(text));
  });

  it('do not leave English sentences in German', () => {
    const sameOnPurpose = /^(\/hints|\/inventory\/(roles|families|editions|platforms))/;
    const same = [...en].filter(
      ([path, text]) => /\p{L}+ \p{L}+/u.test(text) && de.get(path) === text && !sameOnPurpose.test(path),
    );
    expect(same).toEqual([]);
  });

  it('know every rule of the boot decision', () => {
    const rules = explainBoot({ machine: null, deployment: null, engineUp: true })
      .map(({ rule }) => rule)
      .sort();
    expect(Object.keys(MESSAGES.en.status.bootRule).sort()).toEqual(rules);
    expect(Object.keys(MESSAGES.de.status.bootRule).sort()).toEqual(rules);
  });

  it('distinguish one from many', () => {
    expect(MESSAGES.en.deployments.newRows(1)).not.toBe(MESSAGES.en.deployments.newRows(2).replace('2', '1'));
  });
});

function at(path: string): unknown {
  return path
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
      MESSAGES.en,
    );
}

describe('the language of a browser', () => {
  it.each([
    ['de-DE,de;q=0.9,en;q=0.8', 'de'],
    ['en-US,en;q=0.9,de;q=0.8', 'en'],
    ['fr;q=0.9, de;q=0.5, en;q=0.4', 'de'],
    ['de;q=0, en;q=0.1', 'en'],
    ['fr', 'en'],
    ['', 'en'],
    ['de;q=nonsense', 'en'],
  ])('%s means %s', (header, language) => {
    expect(languageFrom(header)).toBe(language);
  });

  it('is English where the browser says nothing', () => {
    expect(languageFrom(null)).toBe('en');
  });
});
