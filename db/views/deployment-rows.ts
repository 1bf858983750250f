import type { DeploymentQuery, DeploymentRow } from '../../api/contract/deployments.ts';
import type { HoldReason } from '../../domain/hold.ts';
import type { Family } from '../../domain/image.ts';
import type { DeploymentStatus, PhaseName } from '../../domain/phases.ts';
import type { Queryable } from '../pool.ts';
import { anywhere, keyset, pageOfRows } from './paging.ts';
import type { Page, SortKey } from './paging.ts';

/** One row of the list exactly as PostgreSQL hands it over. Its check constraints are what the literal types rest on. */
export interface StoredRow {
  id: string;
  status: DeploymentStatus;
  phase: PhaseName;
  step: string;
  percent: number;
  attempt: number;
  host_name: string;
  mac: string;
  machine_id: string;
  image_id: string;
  image_name: string;
  family: Family;
  hold_reason: HoldReason | null;
  deadline_at: Date | null;
  phase_since: Date;
  last_seen_at: Date | null;
  created_at: Date;
  ended_at: Date | null;
  created_by: string;
  demo: boolean;
  version: number;
}

/** A deployment whose attempt was not opened yet has no `attempts` row for its number for a moment. */
export const ROW_COLUMNS = `d.id, d.status, d.phase, coalesce(a.step, '') as step,
  case when d.status = 'succeeded' then 100 else coalesce(a.percent, 0) end as percent,
  d.attempt, d.host_name, coalesce(mac.mac::text, '') as mac, d.machine_id, d.image_id, i.name as image_name, i.family,
  d.hold_reason, d.deadline_at, d.phase_since, a.last_seen_at, d.created_at, d.ended_at, d.created_by, d.demo,
  d.version + (select coalesce(sum(v.version), 0)::integer from attempts v where v.deployment_id = d.id) as version`;

export const ROW_SOURCE = `deployments d
  join images i on i.id = d.image_id
  left join attempts a on a.deployment_id = d.id and a.number = d.attempt
  left join lateral (
    select mm.mac from machine_macs mm where mm.machine_id = d.machine_id order by mm.position, mm.mac limit 1
  ) mac on true`;

const SORTS: Readonly<Record<DeploymentQuery['sort'], SortKey>> = {
  createdAt: { expression: 'd.created_at', type: 'timestamptz', descending: false },
  '-createdAt': { expression: 'd.created_at', type: 'timestamptz', descending: true },
  hostName: { expression: 'd.host_name', type: 'text', descending: false },
  '-hostName': { expression: 'd.host_name', type: 'text', descending: true },
  phaseSince: { expression: 'd.phase_since', type: 'timestamptz', descending: false },
  '-phaseSince': { expression: 'd.phase_since', type: 'timestamptz', descending: true },
};

/** One page of the deployments list. */
export async function listDeployments(db: Queryable, query: DeploymentQuery): Promise<Page<DeploymentRow>> {
  const key = SORTS[query.sort];
  const paging = keyset(query.sort, key, query.cursor, 6, 'd.id');
  const { rows } = await db.query<StoredRow & { place: string }>({
    text: `select ${ROW_COLUMNS}, ${key.expression}::text as place from ${ROW_SOURCE}
      where ($2::text[] is null or d.status = any ($2))
        and ($3::uuid is null or d.machine_id = $3)
        and ($4::text is null or d.host_name ilike $4 or i.name ilike $4
          or exists (select 1 from machine_macs q where q.machine_id = d.machine_id
            and (q.mac::text ilike $4 or replace(q.mac::text, ':', '') ilike $5)))
        and ${paging.where}
      order by ${paging.order} limit $1`,
    values: [query.limit + 1, query.status ?? null, query.machineId ?? null, ...searchFor(query.q), ...paging.values],
  });
  return pageOfRows(rows, query.limit, query.sort, (row) => ({ value: row.place, id: row.id }), rowView);
}

/** The rows of these deployments, for the live stream; those that are gone are left out. */
export async function deploymentRows(db: Queryable, ids: readonly string[]): Promise<DeploymentRow[]> {
  const { rows } = await db.query<StoredRow>({
    text: `select ${ROW_COLUMNS} from ${ROW_SOURCE} where d.id = any ($1)`,
    values: [ids],
  });
  return rows.map(rowView);
}

/** What a search looks for: as typed, and without separators, since a MAC address is written in many ways. */
export function searchFor(q: string | undefined): readonly [string | null, string | null] {
  if (q === undefined || q === '') return [null, null];
  const bare = q.replaceAll(/[\s:.-]/g, '');
  return [anywhere(q), anywhere(bare === '' ? q : bare)];
}

export function rowView(row: StoredRow): DeploymentRow {
  return {
    id: row.id,
    status: row.status,
    phase: row.phase,
    step: row.step,
    percent: row.percent,
    attempt: row.attempt,
    hostName: row.host_name,
    mac: row.mac,
    machineId: row.machine_id,
    imageId: row.image_id,
    imageName: row.image_name,
    family: row.family,
    holdReason: row.hold_reason,
    deadlineAt: row.deadline_at?.toISOString() ?? null,
    phaseSince: row.phase_since.toISOString(),
    lastSeenAt: row.last_seen_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    createdBy: row.created_by,
    demo: row.demo,
    version: row.version,
  };
}
