import type pg from 'pg';
import type { OfAttempt, SignsOfLife } from '../activities/contract.ts';
import type { Check } from '../domain/evidence.ts';
import { insertEnrolmentToken } from './enrolment-tokens.ts';
import { appendEvent } from './events.ts';
import type { Queryable } from './pool.ts';
import { inTransaction } from './pool.ts';

/** Derives the digest of the enrolment token of an attempt; handed in, because the store holds no keys. */
export type EnrolmentHash = (attemptId: string) => Buffer;

/**
 * Makes an attempt the current one: its row, its enrolment token, and the end of every earlier one. Running it again
 * changes nothing.
 */
export async function openAttempt(
  pool: pg.Pool,
  enrolmentHash: EnrolmentHash,
  { deploymentId, attempt }: OfAttempt,
): Promise<'opened' | 'unknown'> {
  return inTransaction(pool, async (tx) => {
    const deployment = await tx.query<{ machine_id: string }>(
      'select d.machine_id from deployments d where d.id = $1 for update',
      [deploymentId],
    );
    const machineId = deployment.rows[0]?.machine_id;
    if (machineId === undefined) return 'unknown';

    const inserted = await tx.query<{ id: string }>(
      `insert into attempts (deployment_id, number) values ($1, $2)
        on conflict on constraint attempts_number_once do nothing returning id`,
      [deploymentId, attempt],
    );
    const { rows } = await tx.query<{ id: string }>(
      'select a.id from attempts a where a.deployment_id = $1 and a.number = $2',
      [deploymentId, attempt],
    );
    const id = rows[0]?.id;
    if (id === undefined) throw new Error(`attempt ${attempt} of ${deploymentId} vanished`);

    await closeAttempts(tx, deploymentId, attempt - 1);
    await voidCredentials(tx, deploymentId, attempt - 1);
    await insertEnrolmentToken(tx, id, enrolmentHash(id));
    if (inserted.rowCount === 1)
      await appendEvent(tx, { deploymentId, machineId, attempt, source: 'service', kind: 'attempt.opened' });
    return 'opened';
  });
}

/** Ends an attempt and all before it: no boot script, no installer's word and no enrolment counts any more. */
export async function closeAttempt(pool: pg.Pool, { deploymentId, attempt }: OfAttempt): Promise<void> {
  await inTransaction(pool, (tx) => closeAttempts(tx, deploymentId, attempt));
}

/** The same inside a transaction of the caller's. */
export async function closeAttempts(tx: Queryable, deploymentId: string, upTo: number): Promise<void> {
  await tx.query(
    `update attempts a set closed_at = now() where a.deployment_id = $1 and a.number <= $2 and a.closed_at is null`,
    [deploymentId, upTo],
  );
  await tx.query(
    `update installer_sessions s set fenced_at = now() from attempts a
      where a.id = s.attempt_id and a.deployment_id = $1 and a.number <= $2 and s.fenced_at is null`,
    [deploymentId, upTo],
  );
  await tx.query(
    `update tokens t set revoked_at = now() from attempts a
      where a.id = t.attempt_id and a.deployment_id = $1 and a.number <= $2
        and t.kind = 'enrolment' and t.revoked_at is null`,
    [deploymentId, upTo],
  );
}

/**
 * Nothing that was handed out for these attempts counts any more, not even the key of an agent that runs: its system was not
 * accepted, or is about to be erased. Without `upTo` all attempts are meant.
 */
export async function voidCredentials(tx: Queryable, deploymentId: string, upTo: number | null = null): Promise<void> {
  await tx.query(
    `update tokens t set revoked_at = now() from attempts a
      where a.id = t.attempt_id and a.deployment_id = $1 and ($2::integer is null or a.number <= $2)
        and t.revoked_at is null`,
    [deploymentId, upTo],
  );
}

interface LifeRow {
  readonly last_seen_at: Date | null;
  readonly came_back: boolean;
  readonly checks: readonly Check[] | null;
}

/** What the database knows of the attempt's life; nothing at all for an attempt that does not exist. */
export async function signsOfLife(db: Queryable, { deploymentId, attempt }: OfAttempt): Promise<SignsOfLife> {
  const { rows } = await db.query<LifeRow>({
    name: 'signs-of-life',
    text: `select a.last_seen_at, a.checks,
        coalesce(a.wipe_granted_at < a.last_visit_at, false) and a.installed_at is null as came_back
      from attempts a where a.deployment_id = $1 and a.number = $2`,
    values: [deploymentId, attempt],
  });
  const row = rows[0];
  return {
    lastSeenAt: row?.last_seen_at?.toISOString() ?? null,
    cameBackAfterWipe: row?.came_back ?? false,
    failingChecks: (row?.checks ?? [])
      .filter(({ verdict }) => verdict === 'fail')
      .map(({ name, expected, found }) => `${name}: expected ${expected}, found ${found}`)
      .join('; '),
  };
}
