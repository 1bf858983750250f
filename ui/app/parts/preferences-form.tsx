import { useRef } from 'react';
import type { ReactElement } from 'react';
import { LANGUAGES } from '../i18n/language.ts';
import { useReader, useTexts } from '../kit/context.tsx';
import { Form, useLocation } from '../kit/nav.tsx';

const LANGUAGE_NAMES = { en: 'English', de: 'Deutsch' } as const;
const THEME_NAMES = ['system', 'light', 'dark'] as const;

/** Language and appearance. Chosen values apply at once with JavaScript, by the button without. */
export function PreferencesForm({ theme }: { readonly theme: string }): ReactElement {
  const { shell } = useTexts();
  const { language } = useReader();
  const { pathname, search } = useLocation();
  const form = useRef<HTMLFormElement>(null);
  const apply = () => form.current?.requestSubmit();
  return (
    <Form
      ref={form}
      method="post"
      action="/preferences"
      className="flex flex-wrap items-center gap-2"
      preventScrollReset
    >
      <input type="hidden" name="to" value={`${pathname}${search}`} />
      <label className="sr-only" htmlFor="language">
        {shell.language}
      </label>
      <select
        id="language"
        name="language"
        defaultValue={language}
        onChange={apply}
        className="input w-auto! min-h-8 text-sm"
      >
        {LANGUAGES.map((each) => (
          <option key={each} value={each} lang={each}>
            {LANGUAGE_NAMES[each]}
          </option>
        ))}
      </select>
      <label className="sr-only" htmlFor="theme">
        {shell.theme}
      </label>
      <select id="theme" name="theme" defaultValue={theme} onChange={apply} className="input w-auto! min-h-8 text-sm">
        {THEME_NAMES.map((each) => (
          <option key={each} value={each}>
            {shell.theme}: {shell.themes[each]}
          </option>
        ))}
      </select>
      <noscript>
        <button className="btn btn-small">{shell.use}</button>
      </noscript>
    </Form>
  );
}
