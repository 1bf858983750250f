import { redirect } from '@remix-run/node';
import type { ActionFunctionArgs } from '@remix-run/node';
import { isLanguage } from '../i18n/language.ts';
import { textOf } from '../server/params.server.ts';
import { isTheme, preferenceCookie, safePath } from '../server/preferences.server.ts';

/** Stores language and theme in cookies and goes back. */
export async function action({ request }: ActionFunctionArgs): Promise<Response> {
  const form = await request.formData();
  const headers = new Headers();
  const language = textOf(form, 'language');
  const theme = textOf(form, 'theme');
  if (isLanguage(language)) headers.append('Set-Cookie', preferenceCookie('language', language));
  if (isTheme(theme)) headers.append('Set-Cookie', preferenceCookie('theme', theme));
  return redirect(safePath(form.get('to')), { headers, status: 303 });
}

/** Opened by hand, it leads home. */
export function loader(): Response {
  return redirect('/');
}
