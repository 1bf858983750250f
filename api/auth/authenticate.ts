import type { Request, RequestHandler } from 'express';
import { findSession } from '../../db/sessions.ts';
import { findApiToken } from '../../db/tokens.ts';
import { DomainError } from '../../domain/errors.ts';
import { digest, equalBytes } from '../../keyring.ts';
import type { ApiDeps } from '../deps.ts';
import { readCookie, sessionCookie } from '../http/cookies.ts';
import { rememberIdentity } from './identity.ts';
import type { Identity } from './identity.ts';
import { refuseCrossSite } from './same-site.ts';

type AuthDeps = Pick<ApiDeps, 'pool' | 'publicUrl' | 'apiToken'>;

/** Everything behind this needs a session or a token; there is no third way in. */
export function authenticate(deps: AuthDeps): RequestHandler {
  return async (req, res, next) => {
    const identity = await identify(deps, req);
    if (identity === undefined)
      throw new DomainError('not-signed-in', 'Sign in, or send an API token as “Authorization: Bearer …”.');
    // A token is never sent by a browser on its own, a cookie is.
    if (identity.session !== null) refuseCrossSite(deps.publicUrl, req);
    rememberIdentity(res, identity);
    next();
  };
}

/** Who makes this request, or undefined. A wrong token is not saved by a good cookie. */
export async function identify(deps: AuthDeps, req: Pick<Request, 'headers'>): Promise<Identity | undefined> {
  const { authorization } = req.headers;
  return authorization === undefined ? await bySession(deps, req) : await byToken(deps, authorization);
}

async function byToken({ pool, apiToken }: AuthDeps, authorization: string): Promise<Identity | undefined> {
  const token = /^Bearer ([\x21-\x7e]{16,512})$/i.exec(authorization)?.[1];
  if (token === undefined) return undefined;
  const hash = digest(token);
  const given = typeof apiToken === 'string' ? [apiToken] : (apiToken ?? []);
  if (given.some((candidate) => equalBytes(digest(candidate), hash)))
    return { name: 'api-token', role: 'administrator', session: null };
  const found = await findApiToken(pool, hash);
  return found === undefined ? undefined : { name: found.name, role: found.role, session: null };
}

async function bySession({ pool, publicUrl }: AuthDeps, req: Pick<Request, 'headers'>): Promise<Identity | undefined> {
  const value = readCookie(req, sessionCookie(publicUrl).name);
  if (value === undefined || value.length > 256) return undefined;
  const session = await findSession(pool, digest(value));
  if (session === undefined) return undefined;
  return {
    name: session.userName,
    role: session.role,
    session: { id: session.id, passwordSet: session.passwordSet },
  };
}
