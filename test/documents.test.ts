import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PHASE_NAMES } from '../domain/phases.ts';
import { FACTS } from '../domain/report.ts';
import { ASSET_ROLES } from '../domain/image.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join('docs', name)),
];

describe('the documents', () => {
  it.each(documents)('%s names no file that is not there', (name) => {
    const links = [...read(name).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)/g)].map(
      ([, target]) => target ?? '',
    );

    expect(links.filter((target) => !existsSync(path.resolve(ROOT, path.dirname(name), target)))).toEqual([]);
  });

  it('explain every word that stands in the database', () => {
    const glossary = read('docs/glossary.md');

    const missing = [...PHASE_NAMES, ...FACTS, ...ASSET_ROLES].filter((word) => !glossary.includes(`\`${word}\``));

    expect(missing).toEqual([]);
  });

  it('number the decisions without a gap', () => {
    const numbers = readdirSync(path.join(ROOT, 'docs/decisions')).map((name) => Number(name.slice(0, 4)));

    expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
  });
});
