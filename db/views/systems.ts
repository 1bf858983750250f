import type { z } from 'zod';
import type { SystemQuery, SystemView } from '../../api/contract/inventory.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Queryable } from '../pool.ts';
import { anywhere, keyset, pageOfRows } from './paging.ts';
import type { Page, SortKey } from './paging.ts';

interface SystemRow {
  id: string;
  machine_id: string;
  deployment_id: string | null;
  host_name: string;
  os_name: string;
  os_version: string;
  domain_name: string;
  agent_version: string;
  last_report_at: Date | null;
  accepted_at: Date | null;
  demo: boolean;
}

const COLUMNS = `s.id, s.machine_id, s.deployment_id, s.host_name, s.os_name, s.os_version, s.domain_name, s.agent_version,
  s.last_report_at, s.accepted_at, s.demo`;

const BY_NAME: SortKey = { expression: 's.host_name', type: 'text', descending: false };

/** One page of the registry, by host name. */
export async function listSystems(db: Queryable, query: z.infer<typeof SystemQuery>): Promise<Page<SystemView>> {
  const paging = keyset('hostName', BY_NAME, query.cursor, 3, 's.id');
  const { rows } = await db.query<SystemRow>({
    text: `select ${COLUMNS} from systems s
      where ($2::text is null or s.host_name ilike $2 or s.os_name ilike $2 or s.domain_name ilike $2) and ${paging.where}
      order by ${paging.order} limit $1`,
    values: [query.limit + 1, query.q === undefined ? null : anywhere(query.q), ...paging.values],
  });
  return pageOfRows(rows, query.limit, 'hostName', (row) => ({ value: row.host_name, id: row.id }), viewOf);
}

export async function systemView(db: Queryable, id: string): Promise<SystemView> {
  const { rows } = await db.query<SystemRow>({
    text: `select ${COLUMNS} from systems s where s.id = $1`,
    values: [id],
  });
  const [row] = rows;
  if (row === undefined) throw new DomainError('not-found', `There is no system ${id}.`);
  return viewOf(row);
}

function viewOf(row: SystemRow): SystemView {
  return {
    id: row.id,
    machineId: row.machine_id,
    deploymentId: row.deployment_id,
    hostName: row.host_name,
    osName: row.os_name,
    osVersion: row.os_version,
    domainName: row.domain_name,
    agentVersion: row.agent_version,
    lastReportAt: row.last_report_at?.toISOString() ?? null,
    acceptedAt: row.accepted_at?.toISOString() ?? null,
    demo: row.demo,
  };
}
