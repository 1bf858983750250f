import type pg from 'pg';
import type { BootAnswer } from '../domain/boot-decision.ts';
import type { Mac } from '../domain/identity.ts';
import type { Platform } from '../domain/platform.ts';
import { inTransaction } from './pool.ts';
import type { Queryable } from './pool.ts';

/** A machine asked what it shall become, and was told. */
export interface Visit {
  readonly mac: Mac;
  readonly at: Date;
  readonly answer: BootAnswer;
  readonly rule: string;
  readonly attemptId: string | null;
  readonly address: string;
  /** What the firmware said of the machine; blank where it said nothing of use. */
  readonly smbiosUuid: string | null;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly platform: Platform;
}

/** Unknown machines that are remembered. Whoever invents addresses fills this shelf and nothing else. */
const UNREGISTERED_LIMIT = 1_000;

/** Writes visits down; at most one of each machine. A visit is a trace and changes nothing that decides (D4). */
export async function recordVisits(pool: pg.Pool, visits: readonly Visit[]): Promise<void> {
  await inTransaction(pool, async (tx) => {
    await rememberUnknown(tx, visits);
    await tx.query(RECORD, [JSON.stringify(visits.map(toWire))]);
  });
}

/** `age` and not the time itself, so that only the database's clock counts. */
function toWire(visit: Visit): object {
  return { ...visit, at: undefined, age: (Date.now() - visit.at.getTime()) / 1_000 };
}

/**
 * The timeline gets a line when the answer changes, and else once a minute; a machine that is told to hold asks again
 * every few seconds by itself, which says little, so once in ten minutes, and one that nobody registered says least of all.
 */
const RECORD = `
  with visits as (
    select v.mac, v.answer, v.rule, v."attemptId" as attempt_id, v.address, now() - make_interval(secs => v.age) as at
    from jsonb_to_recordset($1::jsonb)
      as v(mac macaddr, answer text, rule text, "attemptId" uuid, address text, age double precision)
  ),
  known as (
    select v.*, mm.machine_id, a.deployment_id, a.number, d.phase, last.answer as last_answer, last.created_at as last_at
    from visits v
    join machine_macs mm on mm.mac = v.mac
    left join attempts a on a.id = v.attempt_id
    left join deployments d on d.id = a.deployment_id
    left join lateral (
      select e.data ->> 'answer' as answer, e.created_at from events e
      where e.machine_id = mm.machine_id and e.kind = 'boot.visited' order by e.id desc limit 1
    ) last on true
  ),
  machine as (
    update machines m set last_visit_at = k.at, last_answer = k.answer, last_address = k.address
    from known k where m.id = k.machine_id
  ),
  attempt as (
    update attempts a set last_visit_at = k.at from known k where a.id = k.attempt_id
  )
  insert into events (deployment_id, machine_id, attempt, source, kind, phase, data, created_at)
  select k.deployment_id, k.machine_id, k.number, 'machine', 'boot.visited', k.phase,
    jsonb_build_object('answer', k.answer, 'rule', k.rule, 'mac', k.mac::text, 'address', k.address), k.at
  from known k
  where k.last_answer is distinct from k.answer
    or k.last_at < now() - case k.answer
      when 'unknown' then interval '1 day' when 'hold' then interval '10 minutes' else interval '1 minute' end`;

/** An address that nobody registered becomes a machine that nobody registered, so that people can find and adopt it. */
async function rememberUnknown(tx: Queryable, visits: readonly Visit[]): Promise<void> {
  const { rows } = await tx.query<{ mac: Mac }>({
    name: 'unknown-macs',
    text: `select asked.mac::text as mac from unnest($1::macaddr[]) asked (mac)
      where not exists (select from machine_macs mm where mm.mac = asked.mac)`,
    values: [visits.map(({ mac }) => mac)],
  });
  if (rows.length === 0) return;

  await tx.query(`select pg_advisory_xact_lock(hashtext('octofleet unknown machines'))`);
  const room = await roomForUnknown(tx);
  const unknown = new Set(rows.slice(0, room).map(({ mac }) => mac));
  for (const visit of visits) if (unknown.has(visit.mac)) await insertUnknown(tx, visit);
}

async function roomForUnknown(tx: Queryable): Promise<number> {
  await tx.query(
    `delete from machines m where m.registered_at is null and m.last_visit_at < now() - interval '30 days'
      and not exists (select from deployments d where d.machine_id = m.id)`,
  );
  const { rows } = await tx.query<{ count: number }>(
    'select count(*) as count from machines m where m.registered_at is null',
  );
  return Math.max(0, UNREGISTERED_LIMIT - (rows[0]?.count ?? 0));
}

/** Leaves an address alone that somebody registered in this very moment. */
async function insertUnknown(tx: Queryable, visit: Visit): Promise<void> {
  await tx.query({
    name: 'insert-unknown-machine',
    text: `with machine as (
        insert into machines (smbios_uuid, serial, manufacturer, model, platform)
        select $2::uuid, $3, $4, $5, $6 where not exists (select from machine_macs mm where mm.mac = $1)
        returning id
      )
      insert into machine_macs (mac, machine_id) select $1, machine.id from machine`,
    values: [visit.mac, visit.smbiosUuid, visit.serial, visit.manufacturer, visit.model, visit.platform],
  });
}
