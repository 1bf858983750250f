import { enrolmentToken, sessionToken } from '../../credentials.ts';
import { readAttempt } from '../../db/attempt-lock.ts';
import { attemptOfSession } from '../../db/installer.ts';
import { readSecrets } from '../../db/secrets.ts';
import { MASK } from '../../pxe/installer-file.ts';
import type { ApiDeps } from '../deps.ts';

/** A shorter one would tear holes into ordinary words. */
const SHORTEST_SECRET = 4;

/**
 * Takes the secrets of a deployment out of what its installer says: a tool that fails likes to print its command line.
 * The text is masked before it is stored, so no page and no export has to think of it.
 */
export async function maskerFor(
  { pool, keyring }: Pick<ApiDeps, 'pool' | 'keyring'>,
  sessionId: string,
): Promise<(text: string) => string> {
  const attemptId = await attemptOfSession(pool, sessionId);
  const attempt = attemptId === undefined ? undefined : await readAttempt(pool, attemptId);
  if (attempt === undefined) return (text) => text;
  const sealed = Object.values(await readSecrets(pool, keyring, attempt.deploymentId));
  return maskerOf([...sealed, enrolmentToken(keyring, attempt.id), sessionToken(keyring, sessionId)]);
}

export function maskerOf(secrets: readonly (string | null)[]): (text: string) => string {
  const found = secrets.filter((secret) => secret !== null && secret.length >= SHORTEST_SECRET);
  // The longest first: one may be the beginning of another.
  const longestFirst = found.map(String).sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, () => MASK), text);
}
