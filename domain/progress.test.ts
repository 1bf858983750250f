import { expect, test } from 'vitest';
import { PERCENT_WHEN, wholePercent } from './progress.ts';
import { INSTALL_STEPS } from './report.ts';

test('an installer’s own count becomes its share of the whole deployment', () => {
  expect(wholePercent({ step: 'applying', percent: 0 })).toBe(PERCENT_WHEN.booted);
  expect(wholePercent({ step: 'applying', percent: 50 })).toBe(44);
  expect(wholePercent({ step: 'whatever', percent: 100 })).toBe(PERCENT_WHEN.installed);
});

test('an installer that counts nothing still moves forward, step by step', () => {
  const percents = INSTALL_STEPS.map((step) => wholePercent({ step }) ?? -1);

  expect(percents).toEqual([...percents].sort((a, b) => a - b));
  expect(Math.min(...percents)).toBeGreaterThan(PERCENT_WHEN.booted);
  expect(wholePercent({ step: 'installed' })).toBe(PERCENT_WHEN.installed);
  expect(wholePercent({ step: 'constructor' })).toBeUndefined();
});
