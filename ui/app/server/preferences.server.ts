import { isTimeZone } from '../format/values.ts';
import { isLanguage, languageFrom } from '../i18n/language.ts';
import type { Language } from '../i18n/language.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
  /** The browser's time zone, once a script of ours has told us; UTC before. */
  readonly zone: string;
}

const YEAR_SECONDS = 365 * 24 * 3_600;

/** One cookie of a request, decoded; undefined when it is absent or broken. */
export function cookieOf(request: Request, name: string): string | undefined {
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key !== name) continue;
    try {
      return decodeURIComponent(value.join('='));
    } catch {
      // Somebody else's cookie of this name: as good as none.
      return undefined;
    }
  }
  return undefined;
}

export function isTheme(value: string | undefined): value is Theme {
  return THEMES.some((theme) => theme === value);
}

export function preferencesOf(request: Request): Preferences {
  const language = cookieOf(request, 'octofleet-language');
  const theme = cookieOf(request, 'octofleet-theme');
  const zone = cookieOf(request, 'octofleet-zone');
  return {
    language: isLanguage(language) ? language : languageFrom(request.headers.get('accept-language')),
    theme: isTheme(theme) ? theme : 'system',
    zone: zone !== undefined && isTimeZone(zone) ? zone : 'UTC',
  };
}

/** A `Set-Cookie` line for a choice of appearance. Nothing in it is a credential, so scripts may read it. */
export function preferenceCookie(name: 'language' | 'theme', value: string): string {
  return `octofleet-${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax`;
}

/** A path of ours to go back to. Anything that could lead to another site becomes the first page. */
export function safePath(value: FormDataEntryValue | string | null | undefined): string {
  // eslint-disable-next-line no-control-regex -- control characters have no business in a path
  if (typeof value !== 'string' || !value.startsWith('/') || /^\/[/\\]/.test(value) || /[\u0000-\u001f\\]/.test(value))
    return '/';
  return value;
}
