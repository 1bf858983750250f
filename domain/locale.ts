/** One language and region as operating systems name it. */
export interface LocaleFacts {
  /** The language of Windows' own screens: one of those that Microsoft ships media in. */
  readonly windowsUi: string;
  /** Windows' input profile, `0407:00000407`: input language and keyboard layout (or input method). */
  readonly windowsInput: string;
  /** The layout of the same keyboard under Linux, in the words of the X keyboard extension. */
  readonly xkbLayout: string;
  readonly xkbVariant?: string;
}

/**
 * Every locale a deployment may name, by its BCP 47 tag. A keyboard is named by the locale whose usual layout it has.
 * Where a country has several layouts, this is the one its machines are sold with.
 */
const LOCALE_FACTS: ReadonlyMap<string, LocaleFacts> = new Map(
  Object.entries<LocaleFacts>({
    'ar-SA': { windowsUi: 'ar-SA', windowsInput: '0401:00000401', xkbLayout: 'ara' },
    'bg-BG': { windowsUi: 'bg-BG', windowsInput: '0402:00030402', xkbLayout: 'bg' },
    'cs-CZ': { windowsUi: 'cs-CZ', windowsInput: '0405:00000405', xkbLayout: 'cz' },
    'da-DK': { windowsUi: 'da-DK', windowsInput: '0406:00000406', xkbLayout: 'dk' },
    'de-AT': { windowsUi: 'de-DE', windowsInput: '0c07:00000407', xkbLayout: 'de' },
    'de-CH': { windowsUi: 'de-DE', windowsInput: '0807:00000807', xkbLayout: 'ch' },
    'de-DE': { windowsUi: 'de-DE', windowsInput: '0407:00000407', xkbLayout: 'de' },
    'de-LI': { windowsUi: 'de-DE', windowsInput: '1407:00000807', xkbLayout: 'ch' },
    'de-LU': { windowsUi: 'de-DE', windowsInput: '1007:00000807', xkbLayout: 'ch' },
    'el-GR': { windowsUi: 'el-GR', windowsInput: '0408:00000408', xkbLayout: 'gr' },
    'en-AU': { windowsUi: 'en-GB', windowsInput: '0c09:00000409', xkbLayout: 'us' },
    'en-CA': { windowsUi: 'en-US', windowsInput: '1009:00000409', xkbLayout: 'us' },
    'en-GB': { windowsUi: 'en-GB', windowsInput: '0809:00000809', xkbLayout: 'gb' },
    'en-IE': { windowsUi: 'en-GB', windowsInput: '1809:00001809', xkbLayout: 'ie' },
    'en-IN': { windowsUi: 'en-GB', windowsInput: '4009:00004009', xkbLayout: 'us' },
    'en-NZ': { windowsUi: 'en-GB', windowsInput: '1409:00000409', xkbLayout: 'us' },
    'en-US': { windowsUi: 'en-US', windowsInput: '0409:00000409', xkbLayout: 'us' },
    'en-ZA': { windowsUi: 'en-GB', windowsInput: '1c09:00000409', xkbLayout: 'us' },
    'es-AR': { windowsUi: 'es-MX', windowsInput: '2c0a:0000080a', xkbLayout: 'latam' },
    'es-ES': { windowsUi: 'es-ES', windowsInput: '0c0a:0000040a', xkbLayout: 'es' },
    'es-MX': { windowsUi: 'es-MX', windowsInput: '080a:0000080a', xkbLayout: 'latam' },
    'et-EE': { windowsUi: 'et-EE', windowsInput: '0425:00000425', xkbLayout: 'ee' },
    'fi-FI': { windowsUi: 'fi-FI', windowsInput: '040b:0000040b', xkbLayout: 'fi' },
    'fr-BE': { windowsUi: 'fr-FR', windowsInput: '080c:0000080c', xkbLayout: 'be' },
    'fr-CA': { windowsUi: 'fr-CA', windowsInput: '0c0c:00001009', xkbLayout: 'ca' },
    'fr-CH': { windowsUi: 'fr-FR', windowsInput: '100c:0000100c', xkbLayout: 'ch', xkbVariant: 'fr' },
    'fr-FR': { windowsUi: 'fr-FR', windowsInput: '040c:0000040c', xkbLayout: 'fr' },
    'he-IL': { windowsUi: 'he-IL', windowsInput: '040d:0002040d', xkbLayout: 'il' },
    'hr-HR': { windowsUi: 'hr-HR', windowsInput: '041a:0000041a', xkbLayout: 'hr' },
    'hu-HU': { windowsUi: 'hu-HU', windowsInput: '040e:0000040e', xkbLayout: 'hu' },
    'it-CH': { windowsUi: 'it-IT', windowsInput: '0810:00000807', xkbLayout: 'ch' },
    'it-IT': { windowsUi: 'it-IT', windowsInput: '0410:00000410', xkbLayout: 'it' },
    'ja-JP': {
      windowsUi: 'ja-JP',
      windowsInput: '0411:{03b5835f-f03c-411b-9ce2-aa23e1171e36}{a76c93d9-5523-4e90-aafa-4db112f9ac76}',
      xkbLayout: 'jp',
    },
    'ko-KR': {
      windowsUi: 'ko-KR',
      windowsInput: '0412:{a028ae76-01b1-46c2-99c4-acd9858ae02f}{b5fe1f02-d5f2-4445-9c03-c568f23c99a1}',
      xkbLayout: 'kr',
    },
    'lt-LT': { windowsUi: 'lt-LT', windowsInput: '0427:00010427', xkbLayout: 'lt' },
    'lv-LV': { windowsUi: 'lv-LV', windowsInput: '0426:00020426', xkbLayout: 'lv' },
    'nb-NO': { windowsUi: 'nb-NO', windowsInput: '0414:00000414', xkbLayout: 'no' },
    'nl-BE': { windowsUi: 'nl-NL', windowsInput: '0813:00000813', xkbLayout: 'be' },
    'nl-NL': { windowsUi: 'nl-NL', windowsInput: '0413:00020409', xkbLayout: 'us', xkbVariant: 'intl' },
    'pl-PL': { windowsUi: 'pl-PL', windowsInput: '0415:00000415', xkbLayout: 'pl' },
    'pt-BR': { windowsUi: 'pt-BR', windowsInput: '0416:00000416', xkbLayout: 'br' },
    'pt-PT': { windowsUi: 'pt-PT', windowsInput: '0816:00000816', xkbLayout: 'pt' },
    'ro-RO': { windowsUi: 'ro-RO', windowsInput: '0418:00010418', xkbLayout: 'ro' },
    'ru-RU': { windowsUi: 'ru-RU', windowsInput: '0419:00000419', xkbLayout: 'ru' },
    'sk-SK': { windowsUi: 'sk-SK', windowsInput: '041b:0000041b', xkbLayout: 'sk' },
    'sl-SI': { windowsUi: 'sl-SI', windowsInput: '0424:00000424', xkbLayout: 'si' },
    'sr-Latn-RS': { windowsUi: 'sr-Latn-RS', windowsInput: '241a:0000081a', xkbLayout: 'rs', xkbVariant: 'latin' },
    'sv-SE': { windowsUi: 'sv-SE', windowsInput: '041d:0000041d', xkbLayout: 'se' },
    'th-TH': { windowsUi: 'th-TH', windowsInput: '041e:0000041e', xkbLayout: 'th' },
    'tr-TR': { windowsUi: 'tr-TR', windowsInput: '041f:0000041f', xkbLayout: 'tr' },
    'uk-UA': { windowsUi: 'uk-UA', windowsInput: '0422:00020422', xkbLayout: 'ua' },
    'zh-CN': {
      windowsUi: 'zh-CN',
      windowsInput: '0804:{81d4e9c9-1d3b-41bc-9e6c-4b40bf79e35e}{fa550b04-5ad7-411f-a5ac-ca038ec515d7}',
      xkbLayout: 'cn',
    },
    'zh-TW': {
      windowsUi: 'zh-TW',
      windowsInput: '0404:{b115690a-ea02-48d5-a231-e3578d2fdf80}{b2f9c502-1742-11d4-9790-0080c882687e}',
      xkbLayout: 'tw',
    },
  }),
);

/** Every locale a deployment may name, sorted: what a form offers. */
export const LOCALES: readonly string[] = [...LOCALE_FACTS.keys()].sort();

/** What is known of a locale; undefined for one that is not in the table. Case matters: `de-DE`. */
export function localeFacts(tag: string): LocaleFacts | undefined {
  return LOCALE_FACTS.get(tag);
}
