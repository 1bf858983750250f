import { DomainError } from '../domain/errors.ts';
import type { Mac } from '../domain/identity.ts';
import type { Platform } from '../domain/platform.ts';
import { violates } from './pool.ts';
import type { Queryable } from './pool.ts';

/** A machine as the rules need it. */
export interface StoredMachine {
  readonly id: string;
  /** The first one is the boot NIC. */
  readonly macs: readonly Mac[];
  readonly smbiosUuid: string | null;
  readonly platform: Platform;
  readonly registered: boolean;
  readonly blocked: boolean;
  readonly demo: boolean;
}

export interface NewMachine {
  readonly name: string;
  readonly macs: readonly Mac[];
  readonly smbiosUuid: string | null;
  readonly serial: string;
  readonly platform: Platform;
  readonly demo: boolean;
}

interface MachineRow {
  id: string;
  macs: Mac[];
  smbios_uuid: string | null;
  platform: Platform;
  registered: boolean;
  blocked: boolean;
  demo: boolean;
}

const COLUMNS = `m.id, m.smbios_uuid, m.platform, m.registered_at is not null as registered, m.blocked, m.demo,
  array(select mm.mac::text from machine_macs mm where mm.machine_id = m.id order by mm.position, mm.mac) as macs`;

export async function findMachine(db: Queryable, id: string): Promise<StoredMachine | undefined> {
  const { rows } = await db.query<MachineRow>({
    text: `select ${COLUMNS} from machines m where m.id = $1`,
    values: [id],
  });
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

export async function findMachineByMac(db: Queryable, mac: Mac): Promise<StoredMachine | undefined> {
  const { rows } = await db.query<MachineRow>({
    text: `select ${COLUMNS} from machines m join machine_macs k on k.machine_id = m.id where k.mac = $1`,
    values: [mac],
  });
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** Registers a machine. Call it in a transaction: one of its addresses may belong to another machine. */
export async function insertMachine(tx: Queryable, machine: NewMachine): Promise<string> {
  const { rows } = await tx.query<{ id: string }>({
    text: `insert into machines (name, smbios_uuid, serial, platform, demo, registered_at)
      values ($1, $2, $3, $4, $5, now()) returning id`,
    values: [machine.name, machine.smbiosUuid, machine.serial, machine.platform, machine.demo],
  });
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('an insert returned nothing');
  await insertMacs(tx, id, machine.macs);
  return id;
}

/** Registers a machine unless another transaction just did: then undefined, and the transaction can go on. */
export async function insertMachineIfNew(tx: Queryable, machine: NewMachine): Promise<string | undefined> {
  await tx.query('savepoint new_machine');
  try {
    return await insertMachine(tx, machine);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'mac-already-registered') throw error;
    await tx.query('rollback to savepoint new_machine');
    return undefined;
  }
}

/** Makes others who lock the same machine wait until this transaction ends. False when it is gone. */
export async function lockMachine(tx: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await tx.query({ text: 'select 1 from machines m where m.id = $1 for update', values: [id] });
  return rowCount === 1;
}

/** Replaces the addresses of a machine. Call it in a transaction. */
export async function replaceMacs(tx: Queryable, id: string, macs: readonly Mac[]): Promise<void> {
  await tx.query({ text: 'delete from machine_macs mm where mm.machine_id = $1', values: [id] });
  await insertMacs(tx, id, macs);
}

async function insertMacs(tx: Queryable, id: string, macs: readonly Mac[]): Promise<void> {
  try {
    await tx.query({
      text: `insert into machine_macs (machine_id, mac, position)
        select $1, given.mac, (given.position - 1)::integer
        from unnest($2::macaddr[]) with ordinality as given (mac, position)`,
      values: [id, [...new Set(macs)]],
    });
  } catch (error) {
    if (!violates(error, 'machine_macs_pkey')) throw error;
    throw new DomainError('mac-already-registered', 'One of these addresses belongs to another machine already.', {
      cause: error,
    });
  }
}

/** Undefined fields stay as they are. False when there is no such machine. */
export async function updateMachine(
  db: Queryable,
  id: string,
  change: {
    readonly name?: string | undefined;
    readonly platform?: Platform | undefined;
    readonly blocked?: boolean | undefined;
    readonly registered?: true | undefined;
  },
): Promise<boolean> {
  const { rowCount } = await db.query({
    text: `update machines m set name = coalesce($2, m.name), platform = coalesce($3, m.platform),
        blocked = coalesce($4, m.blocked),
        registered_at = case when $5 then coalesce(m.registered_at, now()) else m.registered_at end, updated_at = now()
      where m.id = $1`,
    values: [id, change.name ?? null, change.platform ?? null, change.blocked ?? null, change.registered ?? false],
  });
  return rowCount === 1;
}

/** What keeps a machine: its deployments, which are its history, and the system that it became. */
export async function usersOfMachine(
  db: Queryable,
  id: string,
): Promise<readonly { readonly kind: string; readonly id: string; readonly name: string }[]> {
  const { rows } = await db.query<{ kind: string; id: string; name: string }>({
    text: `(select 'system' as kind, s.id, s.host_name as name from systems s where s.machine_id = $1)
      union all
      (select 'deployment', d.id, d.host_name from deployments d where d.machine_id = $1
        order by d.created_at desc limit 20)`,
    values: [id],
  });
  return rows;
}

/** Its visits and addresses go with it. Refused by the database while a deployment names it. */
export async function deleteMachine(db: Queryable, id: string): Promise<boolean> {
  try {
    const { rowCount } = await db.query({ text: 'delete from machines m where m.id = $1', values: [id] });
    return rowCount === 1;
  } catch (error) {
    if (!violates(error, 'deployments_machine_id_fkey')) throw error;
    throw new DomainError('still-in-use', 'Deployments of this machine are kept. Delete them first.', { cause: error });
  }
}

function fromRow(row: MachineRow): StoredMachine {
  return {
    id: row.id,
    macs: row.macs,
    smbiosUuid: row.smbios_uuid,
    platform: row.platform,
    registered: row.registered,
    blocked: row.blocked,
    demo: row.demo,
  };
}
