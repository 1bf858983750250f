import type { z } from 'zod';
import { CreatedToken, SessionView, TokenList } from '../../../api/contract/access.ts';
import { read, write } from '../api-client.server.ts';
import type { Asking } from '../api-client.server.ts';

export const readSession = (asking: Asking): Promise<SessionView> => read(asking, '/session', SessionView);

/** Signs in with a password or a one-time code. The cookies of the answer are for the browser. */
export async function signIn(
  asking: Asking,
  body: { readonly name: string; readonly password: string } | { readonly code: string },
): Promise<{ readonly session: SessionView; readonly cookies: readonly string[] }> {
  const response = await write(asking, 'POST', '/session', { body, takes401: true });
  return { session: SessionView.parse(await response.json()), cookies: response.headers.getSetCookie() };
}

export async function signOut(asking: Asking): Promise<readonly string[]> {
  return (await write(asking, 'DELETE', '/session')).headers.getSetCookie();
}

/** A new password ends every session of the user and opens a new one here. */
export async function setPassword(
  asking: Asking,
  body: { readonly current: string; readonly password: string },
): Promise<readonly string[]> {
  return (await write(asking, 'PUT', '/session/password', { body, takes401: true })).headers.getSetCookie();
}

export const listTokens = (asking: Asking): Promise<z.infer<typeof TokenList>> => read(asking, '/tokens', TokenList);

export async function createToken(
  asking: Asking,
  body: { readonly name: string; readonly days: number | null },
): Promise<z.infer<typeof CreatedToken>> {
  return CreatedToken.parse(await (await write(asking, 'POST', '/tokens', { body })).json());
}

export async function revokeToken(asking: Asking, id: string): Promise<void> {
  await write(asking, 'DELETE', `/tokens/${encodeURIComponent(id)}`);
}
