import type { BootSituation } from '../domain/boot-decision.ts';
import type { Asset, Family } from '../domain/image.ts';
import type { Mac } from '../domain/identity.ts';
import type { DeploymentStatus, PhaseName } from '../domain/phases.ts';
import type { Queryable } from './pool.ts';

/** Everything the boot plane needs to know about one address, except whether the engine answers. */
export interface BootFacts {
  readonly situation: Omit<BootSituation, 'engineUp'>;
  /** The current attempt and how often its boot script was used; null where there is none. */
  readonly attempt: { readonly id: string; readonly exchanges: number } | null;
  /** What the machine was last meant to become: its boot loader is looked for first. */
  readonly family: Family | null;
  readonly grubLocalboot: Pick<Asset, 'sha256' | 'name'> | null;
}

/** One statement, by primary key and index only: a hall of machines may ask in the same second. */
export async function readBootFacts(db: Queryable, mac: Mac): Promise<BootFacts> {
  const { rows } = await db.query<BootRow>({
    name: 'boot-facts',
    text: `select m.id as machine_id, m.registered_at is not null as registered, m.blocked,
        d.id as deployment_id, d.status, d.phase, d.attempt as number, i.family,
        a.id as attempt_id, a.exchanges, a.closed_at is null as open, a.wipe_granted_at is not null as wipe_granted,
        a.installed_at is not null as installed, a.frozen_at is not null as frozen,
        g.sha256 as grub_sha256, g.name as grub_name
      from (values ($1::macaddr)) asked (mac)
      left join machine_macs mm on mm.mac = asked.mac
      left join machines m on m.id = mm.machine_id
      left join lateral (
        select d.id, d.status, d.phase, d.attempt, d.image_id from deployments d where d.machine_id = m.id
        order by d.status in ('queued', 'running', 'holding') desc, d.created_at desc limit 1
      ) d on true
      left join images i on i.id = d.image_id
      left join attempts a on a.deployment_id = d.id and a.number = d.attempt
      left join lateral (
        select s.sha256, s.name from assets s
        where s.role = 'grub-localboot' and s.demo = coalesce(m.demo, false)
        order by s.created_at desc limit 1
      ) g on true`,
    values: [mac],
  });
  const row = rows[0];
  if (row === undefined) throw new Error('the boot query always has one row');
  return fromRow(row);
}

interface BootRow {
  readonly machine_id: string | null;
  readonly registered: boolean;
  readonly blocked: boolean;
  readonly deployment_id: string | null;
  readonly status: DeploymentStatus;
  readonly phase: PhaseName;
  readonly number: number;
  readonly family: Family | null;
  readonly attempt_id: string | null;
  readonly exchanges: number;
  readonly open: boolean;
  readonly wipe_granted: boolean;
  readonly installed: boolean;
  readonly frozen: boolean;
  readonly grub_sha256: string | null;
  readonly grub_name: string;
}

function fromRow(row: BootRow): BootFacts {
  const { machine_id, deployment_id, attempt_id } = row;
  return {
    situation: {
      machine: machine_id === null ? null : { id: machine_id, registered: row.registered, blocked: row.blocked },
      deployment:
        deployment_id === null
          ? null
          : {
              id: deployment_id,
              status: row.status,
              phase: row.phase,
              attempt: row.number,
              attemptOpen: attempt_id !== null && row.open,
              wipeGranted: row.wipe_granted,
              installed: row.installed,
              frozen: row.frozen,
            },
    },
    attempt: attempt_id === null ? null : { id: attempt_id, exchanges: row.exchanges },
    family: row.family,
    grubLocalboot: row.grub_sha256 === null ? null : { sha256: row.grub_sha256, name: row.grub_name },
  };
}
