import pg from 'pg';
import { expect, test } from 'vitest';
import { eventually } from '../test/api.ts';
import { testDatabase } from '../test/database.ts';
import { migrate } from './migrate.ts';

const database = testDatabase();

test('a process waits for one that migrates, however long that takes', async () => {
  const hasty = new pg.Pool({ connectionString: database.url(), statement_timeout: 100 });
  const working = await database.pool().connect();
  await working.query(`select pg_advisory_lock(hashtext('octofleet migrations'))`);

  const done = migrate(hasty).then(
    (names) => names,
    (error: unknown) => error,
  );
  // Three times as long as a request may take here.
  await eventually(async () => {
    const { rows } = await database.pool().query<{ waiting: number }>(
      `select count(*) as waiting from pg_stat_activity a where a.datname = current_database()
        and a.wait_event_type = 'Lock' and a.query_start < now() - interval '300 milliseconds'`,
    );
    return rows[0]?.waiting;
  }).toBe(1);
  await working.query(`select pg_advisory_unlock(hashtext('octofleet migrations'))`);

  expect(await done).toEqual([]);
  working.release();
  await hasty.end();
});
