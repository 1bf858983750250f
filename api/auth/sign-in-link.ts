import { randomBytes } from 'node:crypto';
import { inTransaction } from '../../db/pool.ts';
import { insertSignInCode } from '../../db/tokens.ts';
import { anyPasswordSet, ensureAdministrator } from '../../db/users.ts';
import { digest } from '../../keyring.ts';
import type { ApiDeps } from '../deps.ts';

/** The user that the first sign-in link belongs to. */
export const FIRST_USER = 'admin';

/** Long enough for a first start left alone over lunch or night; each start and each use ends it sooner. */
const LINK_HOURS = 24;

/** Should a start print a sign-in link? Yes, until an administrator has a password. */
export async function needsSignInLink({ pool }: Pick<ApiDeps, 'pool'>): Promise<boolean> {
  return !(await anyPasswordSet(pool));
}

/** A link that signs in once, as notebooks print it. Earlier links that nobody used are void. */
export async function mintSignInLink({ pool, publicUrl }: Pick<ApiDeps, 'pool' | 'publicUrl'>): Promise<string> {
  const code = randomBytes(32).toString('base64url');
  await inTransaction(pool, async (tx) => {
    await ensureAdministrator(tx, FIRST_USER);
    await insertSignInCode(tx, { userName: FIRST_USER, hash: digest(code), hours: LINK_HOURS });
  });
  return `${publicUrl}/sign-in?code=${code}`;
}
