import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { createPool } from '../db/pool.ts';
import { TEMPLATE_DATABASE, onDatabase } from './database-url.ts';

/** A fresh, migrated database for one test file. Call at the top level; use `pool()` and `url()` inside tests. */
export function testDatabase(): { readonly pool: () => pg.Pool; readonly url: () => string } {
  const name = `octofleet_test_${randomBytes(6).toString('hex')}`;
  let pool: pg.Pool | undefined;
  const url = (): string => onDatabase(inject('databaseUrl'), name);

  beforeAll(async () => {
    await asAdmin(`create database ${name} template ${TEMPLATE_DATABASE}`);
    pool = createPool({ connectionString: url(), onIdleError: () => undefined });
  });

  afterAll(async () => {
    await pool?.end();
    await asAdmin(`drop database if exists ${name} with (force)`);
  });

  return {
    url,
    pool: () => {
      if (pool === undefined) throw new Error('the test database exists only inside tests');
      return pool;
    },
  };
}

async function asAdmin(sql: string): Promise<void> {
  const admin = createPool({ connectionString: inject('databaseUrl'), max: 1, onIdleError: () => undefined });
  try {
    await admin.query(sql);
  } finally {
    await admin.end();
  }
}
