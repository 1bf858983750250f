import { roleOf } from './users.ts';
import type { Role } from '../domain/roles.ts';
import type { Queryable } from './pool.ts';

/*
 * Tokens of people and programs (`api`, `sign-in`). Those of machines (`enrolment`, `device`) live in the same table;
 * the agent plane has its own queries for them.
 */

export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

export async function insertApiToken(
  db: Queryable,
  token: {
    readonly name: string;
    readonly hash: Buffer;
    readonly hint: string;
    /** Whose rights it has; null for an administrator who has no name here. */
    readonly userName: string | null;
    readonly days: number | null;
  },
): Promise<{ readonly id: string; readonly expiresAt: Date | null }> {
  const { rows } = await db.query<{ id: string; expires_at: Date | null }>({
    text: `insert into tokens (kind, name, hash, hint, user_name, expires_at)
      values ('api', $1, $2, $3, $4, now() + make_interval(days => $5)) returning id, expires_at`,
    values: [token.name, token.hash, token.hint, token.userName, token.days],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('an insert returned nothing');
  return { id: row.id, expiresAt: row.expires_at };
}

/** Who calls with this token, if it still counts. A token of a user who is gone counts no more. */
export async function findApiToken(
  db: Queryable,
  hash: Buffer,
): Promise<{ readonly id: string; readonly name: string; readonly role: Role } | undefined> {
  const { rows } = await db.query<{ id: string; name: string; role: string; stale: boolean }>({
    name: 'find-api-token',
    text: `select t.id, t.name, coalesce(u.role, 'administrator') as role,
        coalesce(t.last_used_at < now() - interval '1 minute', true) as stale
      from tokens t left join users u on u.name = t.user_name
      where t.hash = $1 and t.kind = 'api' and t.revoked_at is null
        and (t.expires_at is null or t.expires_at > now())
        and (t.user_name is null or u.name is not null)`,
    values: [hash],
  });
  const [row] = rows;
  if (row === undefined) return undefined;
  if (row.stale) await db.query({ text: 'update tokens t set last_used_at = now() where t.id = $1', values: [row.id] });
  return { id: row.id, name: row.name, role: roleOf(row.role) };
}

export async function listApiTokens(db: Queryable): Promise<readonly ApiToken[]> {
  const { rows } = await db.query<{
    id: string;
    name: string;
    hint: string;
    created_at: Date;
    expires_at: Date | null;
    last_used_at: Date | null;
  }>(
    `select t.id, t.name, t.hint, t.created_at, t.expires_at, t.last_used_at
      from tokens t where t.kind = 'api' and t.revoked_at is null order by t.created_at desc, t.id`,
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    hint: row.hint,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  }));
}

/** False when there is no such token (any more). */
export async function revokeApiToken(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query({
    text: `update tokens t set revoked_at = now() where t.id = $1 and t.kind = 'api' and t.revoked_at is null`,
    values: [id],
  });
  return rowCount === 1;
}

/** A new sign-in link voids every earlier one of that user. */
export async function insertSignInCode(
  db: Queryable,
  code: { readonly userName: string; readonly hash: Buffer; readonly hours: number },
): Promise<void> {
  await voidSignInCodes(db, code.userName);
  await db.query({
    text: `insert into tokens (kind, name, hash, user_name, expires_at)
      values ('sign-in', 'sign-in link', $1, $2, now() + make_interval(hours => $3))`,
    values: [code.hash, code.userName, code.hours],
  });
}

export async function voidSignInCodes(db: Queryable, userName: string): Promise<void> {
  await db.query({
    text: `update tokens t set revoked_at = now()
      where t.kind = 'sign-in' and t.user_name = $1 and t.used_at is null and t.revoked_at is null`,
    values: [userName],
  });
}

/** Uses a sign-in code up. The name of its user, or undefined when it was used, is too old or never was one. */
export async function useSignInCode(db: Queryable, hash: Buffer): Promise<string | undefined> {
  const { rows } = await db.query<{ user_name: string }>({
    text: `update tokens t set used_at = now()
      where t.hash = $1 and t.kind = 'sign-in' and t.used_at is null and t.revoked_at is null and t.expires_at > now()
      returning t.user_name`,
    values: [hash],
  });
  return rows[0]?.user_name;
}
