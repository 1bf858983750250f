import type { OverviewCounts } from '../../api/contract/inventory.ts';
import type { Queryable } from '../pool.ts';

/** The sums of the first page. `running` counts queued ones too: nobody has to do anything about either. */
export async function overviewCounts(db: Queryable): Promise<OverviewCounts> {
  const { rows } = await db.query<{
    running: number;
    holding: number;
    succeeded_week: number;
    failed_week: number;
    new_machines: number;
    images: number;
    demo: boolean;
  }>(
    `select
      count(*) filter (where d.status in ('queued', 'running'))::integer as running,
      count(*) filter (where d.status = 'holding')::integer as holding,
      count(*) filter (where d.status = 'succeeded' and d.ended_at > now() - interval '7 days')::integer as succeeded_week,
      count(*) filter (where d.status = 'failed' and d.ended_at > now() - interval '7 days')::integer as failed_week,
      (select count(*)::integer from machines m where m.registered_at is null) as new_machines,
      (select count(*)::integer from images i) as images,
      exists (select 1 from machines m where m.demo) or exists (select 1 from images i where i.demo) as demo
    from deployments d`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an aggregate returned nothing');
  return {
    running: row.running,
    holding: row.holding,
    succeededWeek: row.succeeded_week,
    failedWeek: row.failed_week,
    newMachines: row.new_machines,
    images: row.images,
    demo: row.demo,
  };
}
