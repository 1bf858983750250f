import type pg from 'pg';
import { judgeEnrolment } from '../domain/attempt.ts';
import { PERCENT_WHEN } from '../domain/progress.ts';
import { lockAttempt } from './attempt-lock.ts';
import type { AttemptInContext } from './attempt-lock.ts';
import { keepCallback, noteFact, noteProgress, tell, tellRefusal } from './callbacks.ts';
import { inTransaction } from './pool.ts';
import type { Queryable } from './pool.ts';

export interface Enrolment {
  /** Digest of the enrolment token. */
  readonly tokenHash: Buffer;
  readonly clientKey: string;
  readonly hostName: string;
  readonly agentVersion: string;
  readonly macs: readonly string[];
  /** Digest of the device key that belongs to this token and client. */
  readonly deviceKeyHash: (enrolmentTokenId: string) => Buffer;
}

export interface Enrolled {
  readonly systemId: string;
  readonly enrolmentTokenId: string;
}

/** The agent of a new system trades its one-time token for a key of its own, which proves that the system started. */
export async function enrolAgent(
  pool: pg.Pool,
  enrolment: Enrolment,
): Promise<Enrolled | 'unknown' | 'stale' | 'replayed'> {
  return inTransaction(pool, async (tx) => {
    const found = await findToken(tx, enrolment.tokenHash);
    const attempt = found && (await lockAttempt(tx, found.attemptId));
    // Read again under the lock: another agent may just have used it.
    const token = attempt && (await findToken(tx, enrolment.tokenHash));
    if (attempt === undefined || token === undefined) return 'unknown';

    switch (judgeEnrolment({ ...attempt, token, clientKey: enrolment.clientKey })) {
      case 'enrol':
        return { systemId: await enrol(tx, attempt, token.id, enrolment), enrolmentTokenId: token.id };
      case 'repeat': {
        const systemId = await systemOfKey(tx, enrolment.deviceKeyHash(token.id));
        return systemId === undefined ? 'stale' : { systemId, enrolmentTokenId: token.id };
      }
      case 'replay':
        await refuse(tx, attempt, 'the enrolment token was used before by another agent', 'error');
        return 'replayed';
      case 'stale':
        await refuse(tx, attempt, 'the enrolment token is void', 'warning');
        return 'stale';
    }
  });
}

interface EnrolmentToken {
  readonly id: string;
  readonly attemptId: string;
  readonly usedBy: string | null;
  readonly void: boolean;
}

async function findToken(tx: Queryable, hash: Buffer): Promise<EnrolmentToken | undefined> {
  const { rows } = await tx.query<{ id: string; attempt_id: string; used_by: string | null; void: boolean }>({
    name: 'find-enrolment-token',
    text: `select t.id, t.attempt_id, case when t.used_at is not null then coalesce(t.client_key, '') end as used_by,
        t.revoked_at is not null or coalesce(t.expires_at < now(), false) as void
      from tokens t where t.hash = $1 and t.kind = 'enrolment' and t.attempt_id is not null`,
    values: [hash],
  });
  const row = rows[0];
  return row && { id: row.id, attemptId: row.attempt_id, usedBy: row.used_by, void: row.void };
}

async function enrol(tx: Queryable, attempt: AttemptInContext, tokenId: string, enrolment: Enrolment): Promise<string> {
  await tx.query('update tokens t set used_at = now(), client_key = $2 where t.id = $1', [
    tokenId,
    enrolment.clientKey,
  ]);
  const systemId = await renewSystem(tx, attempt, enrolment);
  const sessionId = await issueDeviceKey(tx, attempt, systemId, enrolment.deviceKeyHash(tokenId));
  const { hostName, agentVersion, macs } = enrolment;
  const body = { hostName, agentVersion, macs };
  await keepCallback(tx, attempt.id, { sessionId, key: 'enrol', body, fact: 'os-started' });
  await noteFact(tx, attempt.id, 'os-started');
  await noteProgress(tx, attempt.id, { percent: PERCENT_WHEN['os-started'] });
  await tell(tx, attempt, 'agent', { kind: 'agent.enrolled', message: hostName, data: body });
  return systemId;
}

/** The machine's system as it is from now on. What an earlier installation proved says nothing about this one. */
async function renewSystem(tx: Queryable, attempt: AttemptInContext, enrolment: Enrolment): Promise<string> {
  const { rows } = await tx.query<{ id: string }>(
    `insert into systems (machine_id, deployment_id, host_name, agent_version, last_report_at, demo)
      values ($1, $2, $3, $4, now(), $5)
      on conflict (machine_id) do update set deployment_id = excluded.deployment_id, host_name = excluded.host_name,
        agent_version = excluded.agent_version, last_report_at = now(), demo = excluded.demo, os_name = '',
        os_version = '', domain_name = '', evidence = null, checks = null, accepted_at = null
      returning id`,
    [attempt.machineId, attempt.deploymentId, enrolment.hostName, enrolment.agentVersion, attempt.demo],
  );
  return idOf(rows);
}

/** One key per system: that of the installation before it is void. */
async function issueDeviceKey(
  tx: Queryable,
  attempt: AttemptInContext,
  systemId: string,
  hash: Buffer,
): Promise<string> {
  await tx.query(
    `update tokens t set revoked_at = now() where t.system_id = $1 and t.kind = 'device' and t.revoked_at is null`,
    [systemId],
  );
  const { rows } = await tx.query<{ id: string }>(
    `insert into tokens (kind, hash, attempt_id, system_id) values ('device', $1, $2, $3) returning id`,
    [hash, attempt.id, systemId],
  );
  return idOf(rows);
}

async function systemOfKey(tx: Queryable, hash: Buffer): Promise<string | undefined> {
  const { rows } = await tx.query<{ system_id: string }>(
    `select t.system_id from tokens t where t.hash = $1 and t.kind = 'device' and t.revoked_at is null`,
    [hash],
  );
  return rows[0]?.system_id;
}

async function refuse(
  tx: Queryable,
  attempt: AttemptInContext,
  message: string,
  level: 'warning' | 'error',
): Promise<void> {
  await tellRefusal(tx, attempt, 'agent', { kind: 'agent.enrolment-refused', message, level });
}

function idOf(rows: readonly { readonly id: string }[]): string {
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('an insert returned nothing');
  return id;
}
