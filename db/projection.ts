import type { Projection } from '../activities/contract.ts';
import { isFinal } from '../domain/phases.ts';
import { appendEvent } from './events.ts';
import { inTransaction } from './pool.ts';
import type { Queryable } from './pool.ts';
import type pg from 'pg';

/**
 * Writes what the workflow knows into the row that everybody reads, and the lines that tell of it. The revision
 * decides: a repeated or overtaken call changes nothing, so it may run twice and in any order (D2).
 */
export async function project(
  pool: pg.Pool,
  projection: Projection,
): Promise<'written' | 'older' | 'ended' | 'unknown'> {
  return inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ machine_id: string }>({
      name: 'project',
      text: `update deployments d
        set rev = $2, status = $3, phase = $4, attempt = $5, phase_since = $6, deadline_at = $7, hold_reason = $8,
          hold_message = $9, run_id = $10, ended_at = case when $11 then coalesce(d.ended_at, now()) end, updated_at = now()
        where d.id = $1 and d.rev < $2 and d.ended_at is null
        returning d.machine_id`,
      values: [
        projection.deploymentId,
        projection.rev,
        projection.status,
        projection.phase,
        projection.attempt,
        projection.phaseSince,
        projection.deadlineAt,
        projection.hold?.reason ?? null,
        projection.hold?.message ?? '',
        projection.runId,
        isFinal(projection.status),
      ],
    });
    const machineId = rows[0]?.machine_id;
    if (machineId === undefined) {
      return whyNotWritten(tx, projection);
    }
    for (const line of projection.lines)
      await appendEvent(tx, {
        deploymentId: projection.deploymentId,
        machineId,
        attempt: projection.attempt,
        source: line.actor === '' ? 'service' : 'operator',
        actor: line.actor,
        kind: line.kind,
        level: line.level,
        phase: projection.phase,
        message: line.message,
      });
    return 'written';
  });
}

/** The last word itself may be said twice; any other word after the end is that of a workflow that should not be. */
async function whyNotWritten(tx: Queryable, { deploymentId, rev }: Projection): Promise<'older' | 'ended' | 'unknown'> {
  const { rows } = await tx.query<{ rev: number; ended: boolean }>(
    'select d.rev, d.ended_at is not null as ended from deployments d where d.id = $1',
    [deploymentId],
  );
  const [row] = rows;
  if (row === undefined) return 'unknown';
  return row.ended && row.rev !== rev ? 'ended' : 'older';
}
