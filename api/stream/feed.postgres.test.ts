import type pg from 'pg';
import { test } from 'vitest';
import { eventually } from '../../test/api.ts';
import { testDatabase } from '../../test/database.ts';
import { createLog } from '../log.ts';
import { ChangeFeed } from './feed.ts';

const database = testDatabase();

test('a page that comes in the same moment as another moves nobody past what was not told yet', async () => {
  const pool = database.pool();
  const asked: (() => void)[] = [];
  // The second question for the present place reaches the database late: the pool was busy.
  const slow = new Proxy(pool, {
    get: (target, name) => {
      if (name !== 'query') return Reflect.get(target, name, target) as unknown;
      return async (query: pg.QueryConfig) => {
        if (query.name === 'current-cursor') await new Promise<void>((resolve) => asked.push(resolve));
        return target.query(query);
      };
    },
  });
  const feed = new ChangeFeed({ pool: slow, log: createLog('silent') });
  const told: string[] = [];

  const first = feed.subscribe(({ text }) => told.push(text));
  const second = feed.subscribe(() => undefined);
  await eventually(() => asked.length).toBe(2);
  asked[0]?.();
  await first;
  const { rows } = await pool.query<{ id: string }>(`insert into templates (name) values ('between') returning id`);
  asked[1]?.();
  await second;

  await eventually(() => told.join('')).toContain(rows[0]?.id);
  await feed.close();
});
