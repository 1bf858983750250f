import { describe, expect, it } from 'vitest';
import { formatAge, formatDuration, secondsBetween } from './duration.ts';
import { formatBytes, formatInstant, isTimeZone } from './values.ts';

describe('a duration', () => {
  it.each([
    [0, '0 s'],
    [-5, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [269, '4 min 29 s'],
    [3_600, '1 h'],
    [3_605, '1 h'],
    [7_260, '2 h 1 min'],
    [90_000, '1 d 1 h'],
  ])('of %d seconds reads %s', (seconds, text) => {
    expect(formatDuration(seconds, 'en')).toBe(text);
  });

  it('reads in German', () => {
    expect(formatDuration(269, 'de')).toBe('4 Min 29 s');
    expect(formatDuration(90_000, 'de')).toBe('1 T 1 Std');
  });

  it('as an age has one unit, rounded down', () => {
    expect(formatAge(269, 'en')).toBe('4 min');
    expect(formatAge(7_199, 'en')).toBe('1 h');
    expect(formatAge(31, 'en')).toBe('31 s');
  });

  it('is taken between instants', () => {
    expect(secondsBetween('2026-01-01T00:00:00Z', '2026-01-01T00:01:30+00:00')).toBe(90);
    expect(secondsBetween('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:01Z'))).toBe(1);
  });
});

describe('an instant', () => {
  it('is written in the reader’s language and zone', () => {
    expect(formatInstant('2026-07-01T22:30:05Z', 'de', 'Europe/Berlin')).toBe('02.07.2026, 00:30:05');
    expect(formatInstant('2026-07-01T22:30:05Z', 'en', 'UTC')).toBe('01/07/2026, 22:30:05');
  });

  it('takes no zone that does not exist', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('Mars/Olympus')).toBe(false);
  });
});

describe('a size', () => {
  it.each([
    [0, '0 B'],
    [1_023, '1,023 B'],
    [6_549_825_126, '6.1 GiB'],
    [536_870_912, '512 MiB'],
  ])('of %d bytes reads %s', (bytes, text) => {
    expect(formatBytes(bytes, 'en')).toBe(text);
  });

  it('has a comma in German', () => {
    expect(formatBytes(6_549_825_126, 'de')).toBe('6,1 GiB');
  });
});
