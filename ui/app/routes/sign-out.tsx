import { redirect } from '@remix-run/node';
import type { ActionFunctionArgs } from '@remix-run/node';
import { attempt } from '../api-client.server.ts';
import { signOut } from '../server/access.server.ts';

export async function action({ request, context }: ActionFunctionArgs): Promise<Response> {
  const outcome = await attempt(signOut({ request, context }));
  const headers = new Headers();
  if (outcome.ok) for (const cookie of outcome.value) headers.append('Set-Cookie', cookie);
  return redirect('/sign-in', { headers, status: 303 });
}

/** A link must not sign anybody out; opened by hand, it leads home. */
export function loader(): Response {
  return redirect('/');
}
