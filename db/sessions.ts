import { roleOf } from './users.ts';
import type { Role } from '../domain/roles.ts';
import type { Queryable } from './pool.ts';

/** A session ends this long after its last use, and this long after its beginning whatever happens. */
const IDLE_HOURS = 12;
const LONGEST_HOURS = 7 * 24;

export interface UserSession {
  readonly id: string;
  readonly userName: string;
  readonly role: Role;
  readonly passwordSet: boolean;
}

export async function openSession(db: Queryable, userName: string, hash: Buffer): Promise<void> {
  await db.query({
    text: `insert into user_sessions (user_name, hash, expires_at)
      values ($1, $2, now() + make_interval(hours => $3))`,
    values: [userName, hash, LONGEST_HOURS],
  });
}

/** The session with this cookie, if it still counts. Marks its use, at most once a minute. */
export async function findSession(db: Queryable, hash: Buffer): Promise<UserSession | undefined> {
  const { rows } = await db.query<{
    id: string;
    user_name: string;
    role: string;
    password_set: boolean;
    stale: boolean;
  }>({
    name: 'find-session',
    text: `select s.id, s.user_name, u.role, u.password_hash is not null as password_set,
        s.last_used_at < now() - interval '1 minute' as stale
      from user_sessions s join users u on u.name = s.user_name
      where s.hash = $1 and s.expires_at > now() and s.last_used_at > now() - make_interval(hours => $2)`,
    values: [hash, IDLE_HOURS],
  });
  const [row] = rows;
  if (row === undefined) return undefined;
  if (row.stale)
    await db.query({ text: 'update user_sessions s set last_used_at = now() where s.id = $1', values: [row.id] });
  return { id: row.id, userName: row.user_name, role: roleOf(row.role), passwordSet: row.password_set };
}

export async function closeSession(db: Queryable, id: string): Promise<void> {
  await db.query({ text: 'delete from user_sessions s where s.id = $1', values: [id] });
}

/** After a change of password nobody stays signed in with the old one. */
export async function closeSessionsOf(db: Queryable, userName: string): Promise<void> {
  await db.query({ text: 'delete from user_sessions s where s.user_name = $1', values: [userName] });
}

/** Sessions that count no more. Returns how many went. */
export async function forgetOldSessions(db: Queryable): Promise<number> {
  const { rowCount } = await db.query({
    text: `delete from user_sessions s
      where s.expires_at <= now() or s.last_used_at <= now() - make_interval(hours => $1)`,
    values: [IDLE_HOURS],
  });
  return rowCount ?? 0;
}
