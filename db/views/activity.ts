import type { Activity, ActivityQuery } from '../../api/contract/deployments.ts';
import type { z } from 'zod';
import type { Queryable } from '../pool.ts';
import { keyset, pageOfRows } from './paging.ts';
import type { Page, SortKey } from './paging.ts';

interface ActivityRow {
  id: string;
  at: Date;
  kind: string;
  source: Activity['source'];
  actor: string;
  level: Activity['level'];
  attempt: number | null;
  phase: string | null;
  step: string;
  step_status: Activity['stepStatus'];
  message: string;
  place: string;
  tie: string;
}

/**
 * Events and pieces of log in one order. Each has a row number of its own table, which says nothing across tables, so
 * the order is by time and ties are broken by an id made of the kind and the number.
 */
const LINES = `
  select 'e' || e.id as id, e.created_at as at, e.kind, e.source, e.actor, e.level, e.attempt, e.phase, e.step,
    case when e.kind = 'installer.step' then e.data ->> 'status' end as step_status, e.message,
    lpad(to_hex(e.id), 32, '0')::uuid as tie
  from events e where e.deployment_id = $2 and $3::text <> 'log' and ($3 <> 'problems' or e.level <> 'info')
  union all
  select 'l' || l.id, l.created_at, 'log', 'machine', l.name, 'info', l.attempt, null, '', null, l.body,
    ('f' || lpad(to_hex(l.id), 31, '0'))::uuid
  from log_chunks l where l.deployment_id = $2 and $3 in ('all', 'log')`;

/** One page of a deployment's activity. */
export async function listActivity(
  db: Queryable,
  deploymentId: string,
  query: z.infer<typeof ActivityQuery>,
): Promise<Page<Activity>> {
  const key: SortKey = { expression: 'x.at', type: 'timestamptz', descending: query.order === 'newest' };
  const sort = `activity ${query.order} ${query.show}`;
  const paging = keyset(sort, key, query.cursor, 4, 'x.tie');
  const { rows } = await db.query<ActivityRow>({
    text: `select x.id, x.at, x.kind, x.source, x.actor, x.level, x.attempt, x.phase, x.step, x.step_status, x.message,
        x.at::text as place, x.tie
      from (${LINES}) x where ${paging.where} order by ${paging.order} limit $1`,
    values: [query.limit + 1, deploymentId, query.show, ...paging.values],
  });
  return pageOfRows(rows, query.limit, sort, (row) => ({ value: row.place, id: row.tie }), activityOf);
}

/** The raw log of a deployment from here on, a piece at a time, so that a long one never lies in memory whole. */
export async function logPieces(
  db: Queryable,
  deploymentId: string,
  afterId: number,
): Promise<readonly { readonly id: number; readonly attempt: number; readonly name: string; readonly body: string }[]> {
  const { rows } = await db.query<{ id: number; attempt: number; name: string; body: string }>({
    text: `select l.id, l.attempt, l.name, l.body from log_chunks l
      where l.deployment_id = $1 and l.id > $2 order by l.id limit 20`,
    values: [deploymentId, afterId],
  });
  return rows;
}

function activityOf(row: ActivityRow): Activity {
  return {
    id: row.id,
    at: row.at.toISOString(),
    kind: row.kind,
    source: row.source,
    actor: row.actor,
    level: row.level,
    attempt: row.attempt,
    phase: row.phase,
    step: row.step,
    stepStatus: row.step_status,
    message: row.message,
  };
}
