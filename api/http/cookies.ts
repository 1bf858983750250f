import type { IncomingMessage } from 'node:http';
import type { CookieOptions } from 'express';

/** The session cookie's name and attributes for the address browsers use. */
export function sessionCookie(publicUrl: string): { readonly name: string; readonly options: CookieOptions } {
  const secure = publicUrl.startsWith('https:');
  // `__Host-` makes the browser insist on Secure, Path=/ and no Domain; it cannot be used without TLS.
  return {
    name: secure ? '__Host-octofleet_session' : 'octofleet_session',
    options: { httpOnly: true, sameSite: 'lax', secure, path: '/' },
  };
}

/** One cookie of a request; undefined when it is not there. The first of equal names wins, as in browsers. */
export function readCookie(req: Pick<IncomingMessage, 'headers'>, name: string): string | undefined {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
