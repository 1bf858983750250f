import type pg from 'pg';
import { isFinal } from '../domain/phases.ts';
import type { DeploymentStatus } from '../domain/phases.ts';
import type { MachineReport } from '../domain/report.ts';
import { appendEvent } from './events.ts';
import { inTransaction } from './pool.ts';
import type { Queryable } from './pool.ts';

/** A deployment whose workflow has not heard everything yet. */
export interface Addressee {
  readonly deploymentId: string;
  readonly machineId: string;
}

/** Tells a workflow; resolves when the engine has it. `gone`: there is no open workflow to tell. */
export type Deliver = (addressee: Addressee, report: MachineReport) => Promise<'delivered' | 'gone'>;

/**
 * Deployments with undelivered facts, the longest waiting first. A deployment that is still queued has no workflow to
 * tell; its turn comes when it has begun.
 */
export async function undeliveredTo(pool: pg.Pool, limit: number): Promise<readonly Addressee[]> {
  const { rows } = await pool.query<{ id: string; machine_id: string }>({
    name: 'undelivered-to',
    text: `select d.id, d.machine_id
      from inbox i join attempts a on a.id = i.attempt_id join deployments d on d.id = a.deployment_id
      where i.fact is not null and i.delivered_at is null and d.status <> 'queued'
      group by d.id, d.machine_id order by min(i.id) limit $1`,
    values: [limit],
  });
  return rows.map((row) => ({ deploymentId: row.id, machineId: row.machine_id }));
}

interface InboxRow {
  readonly id: number;
  readonly number: number;
  readonly fact: MachineReport['fact'];
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Delivers what one deployment has not heard, in the order of arrival. A row is marked only after its delivery, so a
 * crash in between repeats it (the workflow knows repeats by their id). Several relays may try at once: one works,
 * the others find the deployment taken and leave it.
 */
export async function deliverTo(pool: pg.Pool, addressee: Addressee, deliver: Deliver): Promise<number> {
  const { delivered, failure } = await inTransaction(pool, async (tx) => {
    let delivered = 0;
    const { rows: locks } = await tx.query<{ mine: boolean }>(
      `select pg_try_advisory_xact_lock(hashtextextended('octofleet relay ' || $1, 0)) as mine`,
      [addressee.deploymentId],
    );
    if (locks[0]?.mine !== true) return { delivered };
    const { rows } = await tx.query<InboxRow>(
      `select i.id, a.number, i.fact, i.body from inbox i join attempts a on a.id = i.attempt_id
        where a.deployment_id = $1 and i.fact is not null and i.delivered_at is null order by i.id`,
      [addressee.deploymentId],
    );
    for (const row of rows) {
      try {
        const answer = await deliver(addressee, reportOf(row));
        if (answer === 'gone' && !(await settleTheLost(tx, addressee, row))) return { delivered };
        await tx.query('update inbox i set delivered_at = now() where i.id = $1', [row.id]);
        delivered += 1;
      } catch (error) {
        // What was delivered before is marked all the same; the rest keeps its order and waits.
        return { delivered, failure: error instanceof Error ? error : new Error(String(error)) };
      }
    }
    return { delivered };
  });
  if (failure !== undefined) throw failure;
  return delivered;
}

/** Every fact that an attempt has proved so far, delivered or not, in the order of arrival. */
export async function factsOf(db: Queryable, deploymentId: string, attempt: number): Promise<readonly MachineReport[]> {
  const { rows } = await db.query<InboxRow>(
    `select i.id, a.number, i.fact, i.body from inbox i join attempts a on a.id = i.attempt_id
      where a.deployment_id = $1 and a.number = $2 and i.fact is not null order by i.id`,
    [deploymentId, attempt],
  );
  return rows.map(reportOf);
}

/**
 * Nobody hears the callback of an ended deployment, which the timeline says. False while the deployment is open: its engine
 * has lost the workflow, and the one that the reconciler begins in its place has to hear what came meanwhile.
 */
async function settleTheLost(tx: Queryable, { deploymentId, machineId }: Addressee, row: InboxRow): Promise<boolean> {
  const { rows } = await tx.query<{ status: DeploymentStatus }>('select d.status from deployments d where d.id = $1', [
    deploymentId,
  ]);
  const status = rows[0]?.status;
  if (status !== undefined && !isFinal(status)) return false;
  // One that succeeded has heard every proof: this repeats a delivery whose mark was lost in a crash.
  if (status === 'succeeded' || status === undefined) return true;
  await appendEvent(tx, {
    deploymentId,
    machineId,
    attempt: row.number,
    source: 'service',
    kind: 'callback.refused',
    level: 'warning',
    message: `${row.fact}: the deployment was over when it arrived`,
  });
  return true;
}

function reportOf({ id, number, fact, body }: InboxRow): MachineReport {
  const word = (name: string): object => {
    const value = body[name];
    return typeof value === 'string' && value !== '' ? { [name]: value } : {};
  };
  return { id: String(id), attempt: number, fact, ...word('step'), ...word('reason'), ...word('message') };
}
