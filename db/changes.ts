import type { Queryable } from './pool.ts';

/**
 * A place in the order of changes. Transactions commit in another order than they begin, so the order is by
 * transaction id, and only what lies below the oldest transaction still running is told: nothing can appear there later.
 */
export interface Cursor {
  /** Transaction id (xid8) and row number; both as decimal text, since they may outgrow a number. */
  readonly xid: string;
  readonly id: string;
}

export interface Change extends Cursor {
  readonly topic: string;
  readonly entityId: string;
}

export function parseCursor(text: string): Cursor | undefined {
  const [, xid, id] = /^(\d{1,19})\.(\d{1,18})$/.exec(text) ?? [];
  return xid === undefined || id === undefined ? undefined : { xid, id };
}

export function formatCursor({ xid, id }: Cursor): string {
  return `${xid}.${id}`;
}

/** Negative when the first comes first. */
export function compareCursors(a: Cursor, b: Cursor): number {
  const [left, right] = a.xid === b.xid ? [BigInt(a.id), BigInt(b.id)] : [BigInt(a.xid), BigInt(b.xid)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * Where to listen from for whoever reads rows after this call: every change that those rows do not show yet comes later
 * (some that they do show come again, which does no harm).
 */
export async function currentCursor(db: Queryable): Promise<Cursor> {
  const { rows } = await db.query<{ xid: string }>({
    name: 'current-cursor',
    text: 'select pg_snapshot_xmin(pg_current_snapshot())::text as xid',
  });
  const xid = rows[0]?.xid;
  if (xid === undefined) throw new Error('a select without from returned nothing');
  return { xid, id: '0' };
}

/** The next changes after a place, oldest first, and whether more is on its way (committed, but not settled yet). */
export async function changesAfter(
  db: Queryable,
  after: Cursor,
  limit: number,
): Promise<{ readonly changes: readonly Change[]; readonly more: boolean }> {
  const { rows } = await db.query<{ xid: string; id: string; topic: string; entity_id: string; settled: boolean }>({
    name: 'changes-after',
    text: `select c.xid::text, c.id::text, c.topic, c.entity_id,
        c.xid < pg_snapshot_xmin(pg_current_snapshot()) as settled
      from changes c where (c.xid, c.id) > ($1::xid8, $2::bigint)
      order by c.xid, c.id limit $3`,
    values: [after.xid, after.id, limit],
  });
  const changes = rows
    .filter((row) => row.settled)
    .map((row) => ({ xid: row.xid, id: row.id, topic: row.topic, entityId: row.entity_id }));
  return { changes, more: changes.length < rows.length || rows.length === limit };
}

/**
 * Were changes after this place thrown away already, or does it come from another database? Trimming leaves the newest
 * of the old changes standing, so a place before the first one left may have lost something.
 */
export async function isTooOld(db: Queryable, cursor: Cursor): Promise<boolean> {
  const { rows } = await db.query<{ unknown: boolean; trimmed: boolean }>({
    text: `select $1::xid8 > pg_snapshot_xmax(pg_current_snapshot()) as unknown,
        coalesce((select (f.xid, f.id) > ($1::xid8, $2::bigint) and f.id > 1
          from changes f order by f.xid, f.id limit 1), false) as trimmed`,
    values: [cursor.xid, cursor.id],
  });
  return rows[0]?.unknown === true || rows[0]?.trimmed === true;
}

/** Throws changes away that are older than a day, except the newest of those. Returns how many went. */
export async function trimChanges(db: Queryable): Promise<number> {
  const { rowCount } = await db.query(
    `delete from changes c using (
        select k.xid, k.id from changes k where k.created_at < now() - interval '1 day'
        order by k.xid desc, k.id desc limit 1
      ) keep
      where c.created_at < now() - interval '1 day' and (c.xid, c.id) < (keep.xid, keep.id)`,
  );
  return rowCount ?? 0;
}
