import { randomBytes } from 'node:crypto';
import { Router } from 'express';
import type { Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { inTransaction } from '../../db/pool.ts';
import { closeSession, closeSessionsOf, findSession, openSession } from '../../db/sessions.ts';
import { useSignInCode, voidSignInCodes } from '../../db/tokens.ts';
import { findUser, setPasswordHash } from '../../db/users.ts';
import type { User } from '../../db/users.ts';
import { DomainError } from '../../domain/errors.ts';
import { digest } from '../../keyring.ts';
import { identityOf } from '../auth/identity.ts';
import type { Passwords } from '../auth/passwords.ts';
import { refuseCrossSite } from '../auth/same-site.ts';
import { Tries } from '../auth/tries.ts';
import { SetPassword, SignIn } from '../contract/access.ts';
import type { SessionView } from '../contract/access.ts';
import type { ApiDeps } from '../deps.ts';
import { sessionCookie } from '../http/cookies.ts';
import { jsonBody } from '../http/json-body.ts';

type SessionDeps = Pick<ApiDeps, 'pool' | 'publicUrl'>;

/** Failed tries from one address in five minutes; a house behind one address still gets in. */
const FAILURES_PER_ADDRESS = 50;

/** `POST /session`, the one management route without a session: it makes one. */
export function signInRoutes(deps: SessionDeps, passwords: Passwords): Router {
  const router = Router();
  const tries = new Tries();
  const perAddress = rateLimit({
    windowMs: 5 * 60_000,
    limit: FAILURES_PER_ADDRESS,
    skipSuccessfulRequests: true,
    standardHeaders: false,
    legacyHeaders: false,
    handler: (_req, res, next) => {
      res.set('Retry-After', '300');
      next(new DomainError('too-many-tries', 'Too many failed sign-ins from this address. Try again in five minutes.'));
    },
  });

  router.post('/session', perAddress, jsonBody(), async (req, res) => {
    refuseCrossSite(deps.publicUrl, req);
    const body = SignIn.parse(req.body);
    const name = 'code' in body ? await byCode(deps, body.code) : await byPassword(deps, passwords, tries, body);
    res.status(201).json(await begin(deps, res, name));
  });

  return router;
}

/** The session of whoever is signed in. */
export function sessionRoutes(deps: SessionDeps, passwords: Passwords): Router {
  const router = Router();
  const tries = new Tries();

  router.get('/session', (_req, res) => {
    const { name, role, session } = identityOf(res);
    res.json({ name, role, passwordSet: session?.passwordSet ?? true } satisfies SessionView);
  });

  router.delete('/session', async (_req, res) => {
    const { session } = identityOf(res);
    if (session !== null) await closeSession(deps.pool, session.id);
    const { name, options } = sessionCookie(deps.publicUrl);
    res.clearCookie(name, options).status(204).end();
  });

  router.put('/session/password', jsonBody(), async (req, res) => {
    const { name, session } = identityOf(res);
    if (session === null) throw new DomainError('not-permitted', 'A token has no password. Sign in to change yours.');
    const { current, password } = SetPassword.parse(req.body);
    const user = await findUser(deps.pool, name);
    if (user === undefined) throw new DomainError('not-signed-in', 'This user is gone.');
    if (user.passwordHash !== null) await requireCurrent(passwords, tries, user, current);
    const hash = await passwords.hash(password);
    await inTransaction(deps.pool, async (tx) => {
      await setPasswordHash(tx, name, hash);
      await closeSessionsOf(tx, name);
      await voidSignInCodes(tx, name);
    });
    res.json(await begin(deps, res, name));
  });

  return router;
}

async function byCode({ pool }: SessionDeps, code: string): Promise<string> {
  const name = await useSignInCode(pool, digest(code));
  if (name === undefined)
    throw new DomainError(
      'credential-rejected',
      'This sign-in link was used before or is too old. Start the service again, or ask for a new one on its command line.',
    );
  return name;
}

async function byPassword(
  { pool }: SessionDeps,
  passwords: Passwords,
  tries: Tries,
  body: { readonly name: string; readonly password: string },
): Promise<string> {
  requirePatience(tries, body.name);
  const user = await findUser(pool, body.name);
  if (!(await passwords.matches(user?.passwordHash ?? null, body.password))) {
    tries.failed(body.name);
    throw new DomainError('wrong-password', 'The name or the password is wrong.');
  }
  tries.succeeded(body.name);
  return body.name;
}

/** Somebody at an unattended screen knows no password, and may not find it out here either. */
async function requireCurrent(passwords: Passwords, tries: Tries, user: User, current: string): Promise<void> {
  requirePatience(tries, user.name);
  if (await passwords.matches(user.passwordHash, current)) {
    tries.succeeded(user.name);
    return;
  }
  tries.failed(user.name);
  const detail = 'The current password is another one.';
  throw new DomainError('wrong-password', detail, { fields: [{ pointer: '/current', detail }] });
}

function requirePatience(tries: Tries, name: string): void {
  const wait = tries.secondsToWait(name);
  if (wait > 0) throw new DomainError('too-many-tries', `Too many wrong passwords. Try again in ${wait} seconds.`);
}

/** Opens a new session (never an old one again) and hands its cookie to the browser. */
async function begin({ pool, publicUrl }: SessionDeps, res: Response, userName: string): Promise<SessionView> {
  const value = randomBytes(32).toString('base64url');
  await openSession(pool, userName, digest(value));
  const session = await findSession(pool, digest(value));
  if (session === undefined) throw new Error('a session that was just opened is not there');
  const { name, options } = sessionCookie(publicUrl);
  res.cookie(name, value, options);
  return { name: session.userName, role: session.role, passwordSet: session.passwordSet };
}
