import type { Language } from '../i18n/language.ts';

const LOCALE = { en: 'en-GB', de: 'de-DE' } as const satisfies Record<Language, string>;

/** Date and time to the second in a zone, written alike by server and browser. */
export function formatInstant(iso: string, language: Language, zone: string): string {
  return new Intl.DateTimeFormat(LOCALE[language], {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(iso));
}

/** Time of day to the second; the day stands elsewhere. */
export function formatClock(iso: string, language: Language, zone: string): string {
  return new Intl.DateTimeFormat(LOCALE[language], {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(iso));
}

export function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    // An unknown zone is what the constructor throws for: the answer, not an accident.
    return false;
  }
}

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `6.1 GiB`, `6,1 GiB`. */
export function formatBytes(bytes: number, language: Language): string {
  let value = bytes;
  let index = 0;
  while (value >= 1_024 && index < SIZES.length - 1) {
    value /= 1_024;
    index += 1;
  }
  const digits = index === 0 || value >= 100 ? 0 : 1;
  return `${value.toLocaleString(LOCALE[language], { maximumFractionDigits: digits })} ${SIZES[index] ?? ''}`;
}
