import { enrolmentToken, nonceFor, sessionToken } from '../../credentials.ts';
import { readAttempt } from '../../db/attempt-lock.ts';
import { attemptOfSession } from '../../db/installer.ts';
import { readSecrets } from '../../db/secrets.ts';
import { MASK, TemplateError } from '../../pxe/installer-file.ts';
import { disguisedAdministratorPassword } from '../../pxe/windows/password.ts';
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
  const vault = await readSecrets(pool, keyring, attempt.deploymentId);
  // Spent, but whoever shows the nonce again stops the attempt; and every Linux kernel logs its command line.
  const nonce = nonceFor(keyring, { attemptId: attempt.id, ordinal: attempt.exchanges });
  return maskerOf([
    ...Object.values(vault).flatMap((secret) => (secret === null ? [] : [secret, inXml(secret)])),
    ...disguised(vault['administrator-password']),
    enrolmentToken(keyring, attempt.id),
    sessionToken(keyring, sessionId),
    nonce,
  ]);
}

function inXml(secret: string): string {
  return secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** As it stands in an answer file, which Windows' tools like to quote; anybody can undo that spelling. */
function disguised(password: string | null): readonly string[] {
  if (password === null) return [];
  try {
    return [disguisedAdministratorPassword(password)];
  } catch (error) {
    // One that no answer file can hold stands in none.
    if (error instanceof TemplateError) return [];
    throw error;
  }
}

function maskerOf(secrets: readonly string[]): (text: string) => string {
  const found = secrets.filter((secret) => secret.length >= SHORTEST_SECRET);
  // The longest first: one may be the beginning of another.
  const longestFirst = found.sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, () => MASK), text);
}
