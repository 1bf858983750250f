import type { z } from 'zod';
import type { MachineQuery, MachineView } from '../../api/contract/inventory.ts';
import type { BootAnswer } from '../../domain/boot-decision.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Platform } from '../../domain/platform.ts';
import type { Queryable } from '../pool.ts';
import { searchFor } from './deployment-rows.ts';
import { keyset, pageOfRows } from './paging.ts';
import type { Page, SortKey } from './paging.ts';

interface MachineRow {
  id: string;
  name: string;
  macs: string[];
  smbios_uuid: string | null;
  serial: string;
  manufacturer: string;
  model: string;
  platform: Platform;
  registered: boolean;
  blocked: boolean;
  demo: boolean;
  last_visit_at: Date | null;
  last_answer: BootAnswer | null;
  open_deployment_id: string | null;
  system_id: string | null;
  created_at: Date;
}

type Query = z.infer<typeof MachineQuery>;

const COLUMNS = `m.id, m.name, m.smbios_uuid, m.serial, m.manufacturer, m.model, m.platform,
  m.registered_at is not null as registered, m.blocked, m.demo, m.last_visit_at, m.last_answer, m.created_at,
  array(select mm.mac::text from machine_macs mm where mm.machine_id = m.id order by mm.position, mm.mac) as macs,
  (select d.id from deployments d where d.machine_id = m.id and d.status in ('queued', 'running', 'holding'))
    as open_deployment_id,
  (select s.id from systems s where s.machine_id = m.id) as system_id`;

const SORTS: Readonly<Record<Query['sort'], SortKey>> = {
  '-lastVisitAt': {
    expression: `coalesce(m.last_visit_at, '-infinity'::timestamptz)`,
    type: 'timestamptz',
    descending: true,
  },
  name: { expression: 'm.name', type: 'text', descending: false },
  '-createdAt': { expression: 'm.created_at', type: 'timestamptz', descending: true },
};

/** One page of the machines list. */
export async function listMachines(db: Queryable, query: Query): Promise<Page<MachineView>> {
  const key = SORTS[query.sort];
  const paging = keyset(query.sort, key, query.cursor, 5, 'm.id');
  const { rows } = await db.query<MachineRow & { place: string }>({
    text: `select ${COLUMNS}, ${key.expression}::text as place from machines m
      where ($2 = 'all' or ($2 = 'registered') = (m.registered_at is not null))
        and ($3::text is null or m.name ilike $3 or m.serial ilike $3 or m.model ilike $3 or m.manufacturer ilike $3
          or m.smbios_uuid::text ilike $3
          or exists (select 1 from machine_macs q where q.machine_id = m.id
            and (q.mac::text ilike $3 or replace(q.mac::text, ':', '') ilike $4)))
        and ${paging.where}
      order by ${paging.order} limit $1`,
    values: [query.limit + 1, query.show, ...searchFor(query.q), ...paging.values],
  });
  return pageOfRows(rows, query.limit, query.sort, (row) => ({ value: row.place, id: row.id }), viewOf);
}

export async function machineView(db: Queryable, id: string): Promise<MachineView> {
  const { rows } = await db.query<MachineRow>({
    text: `select ${COLUMNS} from machines m where m.id = $1`,
    values: [id],
  });
  const [row] = rows;
  if (row === undefined) throw new DomainError('not-found', `There is no machine ${id}.`);
  return viewOf(row);
}

function viewOf(row: MachineRow): MachineView {
  return {
    id: row.id,
    name: row.name,
    macs: row.macs,
    smbiosUuid: row.smbios_uuid,
    serial: row.serial,
    manufacturer: row.manufacturer,
    model: row.model,
    platform: row.platform,
    registered: row.registered,
    blocked: row.blocked,
    demo: row.demo,
    lastVisitAt: row.last_visit_at?.toISOString() ?? null,
    lastAnswer: row.last_answer,
    openDeploymentId: row.open_deployment_id,
    systemId: row.system_id,
    createdAt: row.created_at.toISOString(),
  };
}
