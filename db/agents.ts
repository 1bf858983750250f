import type pg from 'pg';
import { isAttemptLive } from '../domain/attempt.ts';
import { failing, judge, provesAll, provesDomain } from '../domain/evidence.ts';
import type { Check, Evidence, Expectation } from '../domain/evidence.ts';
import type { Family } from '../domain/image.ts';
import { PERCENT_WHEN } from '../domain/progress.ts';
import type { DeploymentSettings } from '../domain/settings.ts';
import { lockAttempt } from './attempt-lock.ts';
import type { AttemptInContext } from './attempt-lock.ts';
import { keepCallback, noteProgress, tell } from './callbacks.ts';
import { inTransaction } from './pool.ts';
import type { Queryable } from './pool.ts';

/** What an agent says about its system. */
export interface AgentWord {
  readonly deviceKeyHash: Buffer;
  /** Rises inside one boot of the system. */
  readonly seq: number;
  readonly evidence: Evidence;
}

/** Judges what an agent says and keeps it; the verdict, or undefined when nobody has this key. */
export async function hearAgent(pool: pg.Pool, word: AgentWord): Promise<readonly Check[] | undefined> {
  return inTransaction(pool, async (tx) => {
    const found = await findKey(tx, word.deviceKeyHash);
    // The attempt is locked before its tokens, as everybody does; only then it is certain that the key still counts.
    const attempt = typeof found?.attemptId === 'string' ? await lockAttempt(tx, found.attemptId) : undefined;
    const key = found && (await useKey(tx, found));
    if (key === undefined) return undefined;
    const expected = attempt && (await readExpectation(tx, attempt.deploymentId));
    const checks = expected === undefined ? [] : judge(expected, word.evidence);

    const isNews = await keepEvidence(tx, key.systemId, word, checks);
    if (isNews && attempt !== undefined && isAttemptLive(attempt.situation))
      await advance(tx, attempt, key.id, word.evidence, checks, expected?.domainName !== null);
    return checks;
  });
}

interface DeviceKey {
  readonly id: string;
  readonly systemId: string;
  readonly attemptId: string | null;
}

async function findKey(tx: Queryable, hash: Buffer): Promise<DeviceKey | undefined> {
  const { rows } = await tx.query<{ id: string; system_id: string; attempt_id: string | null }>({
    name: 'find-device-key',
    text: `select t.id, t.system_id, t.attempt_id from tokens t
      where t.hash = $1 and t.kind = 'device' and t.revoked_at is null and t.system_id is not null`,
    values: [hash],
  });
  const row = rows[0];
  return row && { id: row.id, systemId: row.system_id, attemptId: row.attempt_id };
}

/** Undefined when the key became void meanwhile. */
async function useKey(tx: Queryable, key: DeviceKey): Promise<DeviceKey | undefined> {
  const { rowCount } = await tx.query({
    name: 'use-device-key',
    text: 'update tokens t set last_used_at = now() where t.id = $1 and t.revoked_at is null',
    values: [key.id],
  });
  return rowCount === 1 ? key : undefined;
}

interface ExpectationRow {
  readonly settings: DeploymentSettings;
  readonly family: Family;
  readonly edition: string | null;
  readonly smbios_uuid: string | null;
  readonly macs: readonly string[];
}

async function readExpectation(tx: Queryable, deploymentId: string): Promise<Expectation | undefined> {
  const { rows } = await tx.query<ExpectationRow>({
    name: 'read-expectation',
    text: `select d.settings, i.family, i.edition, m.smbios_uuid,
        array(select mm.mac::text from machine_macs mm where mm.machine_id = m.id order by mm.position, mm.mac) as macs
      from deployments d join images i on i.id = d.image_id join machines m on m.id = d.machine_id where d.id = $1`,
    values: [deploymentId],
  });
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    family: row.family,
    edition: row.edition,
    hostName: row.settings.hostName,
    macs: row.macs,
    smbiosUuid: row.smbios_uuid,
    domainName: row.settings.domain?.name ?? null,
    remoteDesktop: row.settings.remoteDesktop,
  };
}

/** Keeps the system fresh. False when a later report of the same boot is here already: this one was delayed on its way. */
async function keepEvidence(
  tx: Queryable,
  systemId: string,
  { seq, evidence }: AgentWord,
  checks: readonly Check[],
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'keep-evidence',
    text: `update systems s set evidence = $2, checks = $3, host_name = coalesce(nullif($4, ''), s.host_name),
        os_name = $5, os_version = $6, domain_name = $7, agent_version = $8, last_report_at = now()
      where s.id = $1 and (s.evidence is null or s.evidence ->> 'bootId' is distinct from $9
        or (s.evidence ->> 'seq')::bigint is null or (s.evidence ->> 'seq')::bigint <= $10)`,
    values: [
      systemId,
      { ...evidence, seq },
      JSON.stringify(checks),
      evidence.hostName,
      evidence.os.name,
      evidence.os.version,
      evidence.domain.name,
      evidence.agentVersion,
      evidence.bootId,
      seq,
    ],
  });
  return rowCount === 1;
}

/** What the evidence proves about the attempt, each proof once. */
async function advance(
  tx: Queryable,
  attempt: AttemptInContext,
  sessionId: string,
  evidence: Evidence,
  checks: readonly Check[],
  joins: boolean,
): Promise<void> {
  const missing = failing(checks);
  const before = await replaceChecks(tx, attempt.id, evidence, checks);
  if (before === null || failing(before).join() !== missing.join())
    await tell(tx, attempt, 'agent', {
      kind: 'agent.reported',
      level: missing.length > 0 ? 'warning' : 'info',
      message: missing.join(', '),
      data: { checks },
    });

  const keep = (fact: 'domain-joined' | 'agent-verified') =>
    keepCallback(tx, attempt.id, { sessionId, key: `fact:${fact}`, body: { failing: missing }, fact });
  const joined = joins && provesDomain(checks);
  const verified = provesAll(checks);
  if (joined) await keep('domain-joined');
  if (verified) await keep('agent-verified');
  const percent = verified ? PERCENT_WHEN['agent-verified'] : joined ? PERCENT_WHEN['domain-joined'] : undefined;
  await noteProgress(tx, attempt.id, { percent });
}

/** The checks that were there before; null at the first report. */
async function replaceChecks(
  tx: Queryable,
  attemptId: string,
  evidence: Evidence,
  checks: readonly Check[],
): Promise<readonly Check[] | null> {
  const { rows } = await tx.query<{ checks: readonly Check[] | null }>(
    'select a.checks from attempts a where a.id = $1',
    [attemptId],
  );
  await tx.query('update attempts a set evidence = $2, checks = $3 where a.id = $1', [
    attemptId,
    evidence,
    JSON.stringify(checks),
  ]);
  return rows[0]?.checks ?? null;
}
