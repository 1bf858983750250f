import { ROLES } from '../domain/roles.ts';
import type { Role } from '../domain/roles.ts';
import type { Queryable } from './pool.ts';

export interface User {
  readonly name: string;
  readonly role: Role;
  /** argon2id, or null while the sign-in link is the only way in. */
  readonly passwordHash: string | null;
}

interface UserRow {
  name: string;
  role: string;
  password_hash: string | null;
}

export async function findUser(db: Queryable, name: string): Promise<User | undefined> {
  const { rows } = await db.query<UserRow>({
    text: 'select u.name, u.role, u.password_hash from users u where u.name = $1',
    values: [name],
  });
  const [row] = rows;
  return row === undefined ? undefined : { name: row.name, role: roleOf(row.role), passwordHash: row.password_hash };
}

/** Makes the user when there is none; leaves one that exists as it is. */
export async function ensureAdministrator(db: Queryable, name: string): Promise<void> {
  await db.query({
    text: `insert into users (name, role) values ($1, 'administrator') on conflict (name) do nothing`,
    values: [name],
  });
}

export async function setPasswordHash(db: Queryable, name: string, hash: string): Promise<void> {
  await db.query({ text: 'update users u set password_hash = $2 where u.name = $1', values: [name, hash] });
}

/** Has any administrator a password? Until then each start prints a sign-in link. */
export async function anyPasswordSet(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ set: boolean }>(
    `select exists (select 1 from users u where u.role = 'administrator' and u.password_hash is not null) as set`,
  );
  return rows[0]?.set === true;
}

export function roleOf(text: string): Role {
  const role = ROLES.find((candidate) => candidate === text);
  if (role === undefined) throw new Error(`the database holds the unknown role ${text}`);
  return role;
}
