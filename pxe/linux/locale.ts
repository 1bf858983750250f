import { localeFacts } from '../../domain/locale.ts';
import { TemplateError } from '../installer-file.ts';

/** `de-DE` as cloud-init writes a keyboard. */
export function linuxKeyboard(locale: string): { readonly layout: string; readonly variant?: string } {
  const facts = localeFacts(locale);
  if (facts === undefined) throw new TemplateError(`There is no Linux keyboard for ${locale} in our table.`);
  const { xkbLayout: layout, xkbVariant: variant } = facts;
  return variant === undefined ? { layout } : { layout, variant };
}

/** `de-DE` as glibc names it: `de_DE.UTF-8`. A script in the middle (`zh-Hant-TW`) has no place there. */
export function linuxLocale(locale: string): string {
  const match = /^([a-z]{2,3})(?:-[A-Z][a-z]{3})?-([A-Z]{2})$/.exec(locale);
  if (match === null) throw new TemplateError(`The locale ${locale} has no Linux name; write it like de-DE.`);
  return `${match[1] ?? ''}_${match[2] ?? ''}.UTF-8`;
}
