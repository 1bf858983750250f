import type pg from 'pg';
import type { DeployMachineInput } from '../domain/deploy-input.ts';
import { rebuiltFrom } from '../domain/deployment.ts';
import type { Plan } from '../domain/plan.ts';
import { closeAttempts, voidCredentials } from './attempts.ts';
import { appendEvent } from './events.ts';
import { factsOf } from './inbox.ts';
import { inTransaction } from './pool.ts';
import { forgetSecrets } from './secrets.ts';

/** An open row, and what its workflow is (or was) started with. */
export interface OpenDeployment {
  readonly status: 'queued' | 'running' | 'holding';
  readonly rev: number;
  readonly attempt: number;
  readonly input: DeployMachineInput;
}

interface OpenRow {
  readonly id: string;
  readonly machine_id: string;
  readonly status: OpenDeployment['status'];
  readonly rev: number;
  readonly attempt: number;
  readonly plan: Plan;
  readonly host_name: string;
  readonly mac: string | null;
}

/** Every deployment that is not over and has not changed for a while: what changes by itself needs no second look. */
export async function openDeployments(pool: pg.Pool, quietForSeconds: number): Promise<readonly OpenDeployment[]> {
  const { rows } = await pool.query<OpenRow>({
    text: `select d.id, d.machine_id, d.status, d.rev, d.attempt, d.plan, d.host_name,
        (select m.mac::text from machine_macs m where m.machine_id = d.machine_id order by m.position limit 1) as mac
      from deployments d
      where d.status in ('queued', 'running', 'holding') and d.updated_at < now() - make_interval(secs => $1)
      order by d.created_at`,
    values: [quietForSeconds],
  });
  return rows.map((row) => ({
    status: row.status,
    rev: row.rev,
    attempt: row.attempt,
    input: {
      deploymentId: row.id,
      machineId: row.machine_id,
      label: `${row.host_name} (${row.mac ?? 'no address'})`,
      plan: row.plan,
    },
  }));
}

/** The workflow's input with everything it had heard, for an engine that has lost it. */
export async function inputToResume(
  pool: pg.Pool,
  { input, rev, attempt }: OpenDeployment,
): Promise<DeployMachineInput> {
  const state = rebuiltFrom(input.plan, attempt, await factsOf(pool, input.deploymentId, attempt));
  return { ...input, carried: { state, rev, openedAttempt: attempt } };
}

/** Writes down that a lost workflow was begun again. */
export async function tellOfTheResumed(pool: pg.Pool, { input, attempt }: OpenDeployment): Promise<void> {
  await appendEvent(pool, {
    deploymentId: input.deploymentId,
    machineId: input.machineId,
    attempt,
    source: 'service',
    kind: 'deployment.resumed',
    level: 'warning',
    message: 'Temporal had lost its workflow; it goes on from the stored callbacks.',
  });
}

/**
 * Ends a row whose workflow ended without a word (somebody terminated it), so that the
 * machine is free again and keeps no credentials. Only if nothing has written to the row since it was read.
 */
export async function failAbandoned(pool: pg.Pool, { rev, input }: OpenDeployment): Promise<boolean> {
  return inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ attempt: number }>(
      `update deployments d set rev = d.rev + 1, status = 'failed', deadline_at = null, hold_reason = null,
          hold_message = '', ended_at = now(), updated_at = now()
        where d.id = $1 and d.rev = $2 and d.ended_at is null returning d.attempt`,
      [input.deploymentId, rev],
    );
    const attempt = rows[0]?.attempt;
    if (attempt === undefined) return false;
    await closeAttempts(tx, input.deploymentId, attempt);
    await voidCredentials(tx, input.deploymentId);
    await forgetSecrets(tx, input.deploymentId);
    await appendEvent(tx, {
      deploymentId: input.deploymentId,
      machineId: input.machineId,
      attempt,
      source: 'service',
      kind: 'deployment.failed',
      level: 'error',
      message: 'Its workflow has ended without a word: somebody terminated it.',
    });
    return true;
  });
}
