import type { Queryable } from '../pool.ts';

/** What a monitoring system wants to know of the database, read in one statement. */
export interface Gauges {
  readonly byStatus: readonly { readonly status: string; readonly count: number }[];
  readonly holding: readonly { readonly reason: string; readonly count: number }[];
  /** Callbacks that the workflow has not heard of yet, and the age of the oldest. */
  readonly undelivered: number;
  readonly oldestUndeliveredSeconds: number;
}

export async function readGauges(db: Queryable): Promise<Gauges> {
  const { rows } = await db.query<{
    by_status: Gauges['byStatus'] | null;
    holding: Gauges['holding'] | null;
    undelivered: number;
    oldest_seconds: number;
  }>({
    name: 'gauges',
    text: `select
        (select jsonb_agg(jsonb_build_object('status', s.status, 'count', s.n))
          from (select d.status, count(*) as n from deployments d where not d.demo group by d.status) s) as by_status,
        (select jsonb_agg(jsonb_build_object('reason', h.hold_reason, 'count', h.n))
          from (select d.hold_reason, count(*) as n from deployments d
            where d.status = 'holding' and not d.demo group by d.hold_reason) h) as holding,
        count(i.id) as undelivered,
        coalesce(extract(epoch from now() - min(i.received_at)), 0)::float8 as oldest_seconds
      from inbox i where i.fact is not null and i.delivered_at is null`,
  });
  const [row] = rows;
  if (row === undefined) throw new Error('an aggregate has one row');
  return {
    byStatus: row.by_status ?? [],
    holding: row.holding ?? [],
    undelivered: row.undelivered,
    oldestUndeliveredSeconds: row.oldest_seconds,
  };
}
