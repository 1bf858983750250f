import { isLanguage } from '../i18n/language.ts';
import { MESSAGES } from '../i18n/messages.ts';
import type { Messages } from '../i18n/messages.ts';

/** A `meta` function's answer: the title of a tab, in the language that the root route's loader found. */
export function titled(
  matches: readonly { readonly id: string; readonly data?: unknown }[],
  title: (texts: Messages) => string,
): { title: string }[] {
  const data = matches.find(({ id }) => id === 'root')?.data;
  const language = typeof data === 'object' && data !== null && 'language' in data ? data.language : undefined;
  const texts = MESSAGES[typeof language === 'string' && isLanguage(language) ? language : 'en'];
  return [{ title: `${title(texts)} · ${texts.shell.product}` }];
}
