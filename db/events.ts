import type { TimelineEvent } from '../domain/timeline.ts';
import type { Queryable } from './pool.ts';

/** Adds a line to the timeline. Call it inside the transaction of the change it tells of. */
export async function appendEvent(db: Queryable, event: TimelineEvent): Promise<void> {
  await db.query({
    name: 'append-event',
    text: `insert into events (deployment_id, machine_id, attempt, source, actor, kind, level, phase, step, message, data)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [
      event.deploymentId,
      event.machineId,
      event.attempt,
      event.source,
      event.actor ?? '',
      event.kind,
      event.level ?? 'info',
      event.phase ?? null,
      event.step ?? '',
      event.message ?? '',
      event.data ?? {},
    ],
  });
}
