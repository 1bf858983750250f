import { describe, expect, test } from 'vitest';
import { testDatabase } from '../test/database.ts';
import { changesAfter, compareCursors, currentCursor, isTooOld, parseCursor, trimChanges } from './changes.ts';
import type { Cursor } from './changes.ts';

const database = testDatabase();
const pool = () => database.pool();

async function addTemplate(name: string): Promise<string> {
  const { rows } = await pool().query<{ id: string }>(`insert into templates (name) values ($1) returning id`, [name]);
  return String(rows[0]?.id);
}

async function entitiesAfter(place: Cursor): Promise<readonly string[]> {
  return (await changesAfter(pool(), place, 100)).changes.map(({ entityId }) => entityId);
}

describe('changes', () => {
  test('are held back while an older transaction runs, which may still add one before them', async () => {
    const place = await currentCursor(pool());
    const slow = await pool().connect();
    await slow.query('begin');
    const { rows } = await slow.query<{ id: string }>(`insert into templates (name) values ('slow') returning id`);
    const quick = await addTemplate('quick');

    const meanwhile = await changesAfter(pool(), place, 100);
    await slow.query('commit');
    slow.release();

    expect(meanwhile.changes.map(({ entityId }) => entityId)).not.toContain(quick);
    expect(meanwhile.more).toBe(true);
    // The server is shared with other tests, whose transactions may hold ours back a little longer.
    await expect
      .poll(() => entitiesAfter(place), { timeout: 20_000 })
      .toEqual(expect.arrayContaining([rows[0]?.id, quick]));
  });

  test('of a reader’s own rows come after the place it took before it read them', async () => {
    const place = await currentCursor(pool());
    const id = await addTemplate('after the place');

    await expect.poll(() => entitiesAfter(place), { timeout: 20_000 }).toContain(id);
  });

  test('that are rolled back are never told', async () => {
    const place = await currentCursor(pool());
    const client = await pool().connect();
    await client.query('begin');
    const { rows } = await client.query<{ id: string }>(`insert into templates (name) values ('gone') returning id`);
    await client.query('rollback');
    client.release();
    const id = await addTemplate('stays');

    await expect.poll(() => entitiesAfter(place), { timeout: 20_000 }).toContain(id);
    expect(await entitiesAfter(place)).not.toContain(rows[0]?.id);
  });

  test('know when a place was left behind by trimming, or comes from elsewhere', async () => {
    const before = await currentCursor(pool());
    await addTemplate('old 1');
    await addTemplate('old 2');
    await pool().query(`update changes c set created_at = now() - interval '2 days'`);
    await trimChanges(pool());
    const now = await currentCursor(pool());

    expect(await isTooOld(pool(), before)).toBe(true);
    expect(await isTooOld(pool(), now)).toBe(false);
    expect(await isTooOld(pool(), { xid: '9000000000000000000', id: '1' })).toBe(true);
  });

  test('are ordered by transaction, then by number, as numbers and not as text', () => {
    expect(compareCursors({ xid: '9', id: '5' }, { xid: '10', id: '1' })).toBeLessThan(0);
    expect(compareCursors({ xid: '10', id: '10' }, { xid: '10', id: '9' })).toBeGreaterThan(0);
    expect(compareCursors({ xid: '10', id: '9' }, { xid: '10', id: '9' })).toBe(0);
    expect(parseCursor('12.34')).toEqual({ xid: '12', id: '34' });
  });
});
