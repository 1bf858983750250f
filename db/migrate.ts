import { readFile, readdir } from 'node:fs/promises';
import type pg from 'pg';

const FOLDER = new URL('migrations/', import.meta.url);

/**
 * Runs every migration file that has not run yet, in name order, each in a transaction of its own. Safe to start
 * from several processes at once: a session lock lets one work and the others find nothing left to do.
 */
export async function migrate(pool: pg.Pool): Promise<readonly string[]> {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
  const client = await pool.connect();
  try {
    // Another process may work for long, and so may a migration; the limit is for requests. It ends with the connection.
    await client.query('set statement_timeout = 0');
    await client.query(`select pg_advisory_lock(hashtext('octofleet migrations'))`);
    await client.query(
      'create table if not exists migrations (name text primary key, ran_at timestamptz not null default now())',
    );
    const { rows } = await client.query<{ name: string }>('select m.name from migrations m');
    const done = new Set(rows.map((row) => row.name));
    const pending = files.filter((name) => !done.has(name));
    for (const name of pending) await runOne(client, name);
    return pending;
  } finally {
    // A discarded connection gives up its session locks, whatever state it is in.
    client.release(true);
  }
}

async function runOne(client: pg.PoolClient, name: string): Promise<void> {
  const sql = await readFile(new URL(name, FOLDER), 'utf8');
  try {
    await client.query('begin');
    await client.query(sql);
    await client.query('insert into migrations (name) values ($1)', [name]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`migration ${name} failed and was undone`, { cause: error });
  }
}
