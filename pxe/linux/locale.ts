import { TemplateError } from '../installer-file.ts';

/** Layouts by locale, as X and the console name them. A plain string has no variant. */
const LAYOUTS: Readonly<Record<string, string | { readonly layout: string; readonly variant: string }>> = {
  'cs-CZ': 'cz',
  'da-DK': 'dk',
  'de-AT': 'de',
  'de-CH': 'ch',
  'de-DE': 'de',
  'en-GB': 'gb',
  'en-IE': 'ie',
  'en-US': 'us',
  'es-ES': 'es',
  'es-MX': 'latam',
  'fi-FI': 'fi',
  'fr-BE': 'be',
  'fr-CA': 'ca',
  'fr-CH': { layout: 'ch', variant: 'fr' },
  'fr-FR': 'fr',
  'hu-HU': 'hu',
  'it-IT': 'it',
  'ja-JP': 'jp',
  'nb-NO': 'no',
  'nl-BE': 'be',
  'nl-NL': 'us',
  'pl-PL': 'pl',
  'pt-BR': 'br',
  'pt-PT': 'pt',
  'sk-SK': 'sk',
  'sv-SE': 'se',
  'tr-TR': 'tr',
  'uk-UA': 'ua',
};

/** `de-DE` as cloud-init writes a keyboard. */
export function linuxKeyboard(locale: string): { readonly layout: string; readonly variant?: string } {
  const known = LAYOUTS[locale];
  if (known === undefined)
    throw new TemplateError(`There is no Linux keyboard for ${locale}; known are ${Object.keys(LAYOUTS).join(', ')}.`);
  return typeof known === 'string' ? { layout: known } : known;
}

/** `de-DE` as glibc names it: `de_DE.UTF-8`. A script in the middle (`zh-Hant-TW`) has no place there. */
export function linuxLocale(locale: string): string {
  const match = /^([a-z]{2,3})(?:-[A-Z][a-z]{3})?-([A-Z]{2})$/.exec(locale);
  if (match === null) throw new TemplateError(`The locale ${locale} has no Linux name; write it like de-DE.`);
  return `${match[1] ?? ''}_${match[2] ?? ''}.UTF-8`;
}
