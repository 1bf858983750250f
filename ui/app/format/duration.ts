import type { Language } from '../i18n/language.ts';

const UNITS = {
  en: { day: ' d', hour: ' h', minute: ' min', second: ' s' },
  de: { day: ' T', hour: ' Std', minute: ' Min', second: ' s' },
} as const satisfies Record<Language, unknown>;

/**
 * `4 min 29 s`, the two largest units that say something. Our own, because `Intl.DurationFormat` is missing on the
 * server and present in browsers: the two would not render the same text.
 */
export function formatDuration(seconds: number, language: Language): string {
  const unit = UNITS[language];
  const whole = Math.max(0, Math.round(seconds));
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 86_400), unit.day],
    [Math.floor((whole % 86_400) / 3_600), unit.hour],
    [Math.floor((whole % 3_600) / 60), unit.minute],
    [whole % 60, unit.second],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first === -1) return `0${unit.second}`;
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, name]) => `${amount}${name}`)
    .join(' ');
}

/** One unit only, `4 min`: for ages, which nobody reads to the second. */
export function formatAge(seconds: number, language: Language): string {
  const whole = Math.max(0, Math.floor(seconds));
  const step = whole < 60 ? 1 : whole < 3_600 ? 60 : whole < 86_400 ? 3_600 : 86_400;
  return formatDuration(Math.floor(whole / step) * step, language);
}

/** Seconds from one instant to another. */
export function secondsBetween(from: string, to: string | number): number {
  return ((typeof to === 'number' ? to : Date.parse(to)) - Date.parse(from)) / 1_000;
}
