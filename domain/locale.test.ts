import { describe, expect, it } from 'vitest';
import { LOCALES, localeFacts } from './locale.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { TIME_ZONES, windowsTimeZone } from './time-zone.ts';

describe('locales', () => {
  it('have the form of a tag, and an input profile that Windows reads', () => {
    for (const tag of LOCALES) {
      expect(tag).toMatch(/^[a-z]{2}(-[A-Z][a-z]{3})?-[A-Z]{2}$/);
      expect(localeFacts(tag)?.windowsInput).toMatch(/^[0-9a-f]{4}:([0-9a-f]{8}|(\{[0-9a-f-]{36}\}){2})$/);
    }
  });

  it('show Windows in a language that has media of its own', () => {
    for (const tag of LOCALES) {
      const shown = localeFacts(tag)?.windowsUi ?? '';
      expect(localeFacts(shown)?.windowsUi, tag).toBe(shown);
    }
  });

  it.each([
    ['de-DE', '0407:00000407'],
    ['de-AT', '0c07:00000407'],
    ['de-CH', '0807:00000807'],
    ['en-US', '0409:00000409'],
    ['en-GB', '0809:00000809'],
  ])('%s types on %s', (tag, input) => {
    expect(localeFacts(tag)?.windowsInput).toBe(input);
  });

  it('knows only what is in the table', () => {
    for (const tag of ['', 'de', 'de-de', 'xx-XX', '__proto__', 'constructor'])
      expect(localeFacts(tag)).toBeUndefined();
  });
});

describe('time zones', () => {
  it.each([
    ['Europe/Berlin', 'W. Europe Standard Time'],
    ['Europe/Zurich', 'W. Europe Standard Time'],
    ['Europe/London', 'GMT Standard Time'],
    ['Europe/Paris', 'Romance Standard Time'],
    ['America/New_York', 'Eastern Standard Time'],
    ['Asia/Kolkata', 'India Standard Time'],
    ['Europe/Kyiv', 'FLE Standard Time'],
    ['UTC', 'UTC'],
  ])('%s is %s', (timeZone, windows) => {
    expect(windowsTimeZone(timeZone)).toBe(windows);
  });

  it('are all real: each can be used to write a time', () => {
    const unusable = TIME_ZONES.filter((timeZone) => {
      try {
        new Intl.DateTimeFormat('en', { timeZone });
        return false;
      } catch {
        return true;
      }
    });
    expect(unusable).toEqual([]);
  });

  it('are named once each, and cover what this runtime knows', () => {
    expect(new Set(TIME_ZONES).size).toBe(TIME_ZONES.length);
    const missing = Intl.supportedValuesOf('timeZone').filter((name) => windowsTimeZone(name) === undefined);
    // A research station that changes its clock by two hours: Windows has no such zone.
    expect(missing.filter((name) => name !== 'Antarctica/Troll')).toEqual([]);
  });
});

it('the defaults are in the tables', () => {
  expect(localeFacts(DEFAULT_SETTINGS.locale)).toBeDefined();
  expect(localeFacts(DEFAULT_SETTINGS.keyboard)).toBeDefined();
  expect(windowsTimeZone(DEFAULT_SETTINGS.timeZone)).toBeDefined();
});
