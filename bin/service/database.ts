import type pg from 'pg';
import type { Log } from '../../api/log.ts';
import { startEmbeddedPostgres } from '../../db/embedded-postgres.ts';
import { migrate } from '../../db/migrate.ts';
import { createPool } from '../../db/pool.ts';
import type { Running } from './running.ts';
import { StartFailure, sentenceOf } from './sentence.ts';

export interface DatabaseOptions {
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly log: Log;
  readonly running: Running;
  readonly say: (sentence: string) => void;
}

/** The configured PostgreSQL, else our own; migrated and ready. */
export async function openDatabase(options: DatabaseOptions): Promise<pg.Pool> {
  const { databaseUrl, log, running, say } = options;
  const connectionString = databaseUrl ?? (await ownServer(options));
  const pool = createPool({
    connectionString,
    onIdleError: (error) => log.warn({ err: error }, 'a connection to the database was lost'),
  });
  await running.add('the database pool', () => pool.end());
  try {
    const ran = await migrate(pool);
    if (ran.length > 0) say(`The database was brought up to date (${ran.length} migrations).`);
  } catch (error) {
    if (databaseUrl === undefined) throw error;
    throw new StartFailure(`the database at ${withoutPassword(databaseUrl)} cannot be used: ${sentenceOf(error)}`, {
      cause: error,
    });
  }
  return pool;
}

async function ownServer({ dataDir, log, running, say }: DatabaseOptions): Promise<string> {
  const started = performance.now();
  const server = await startEmbeddedPostgres({
    dataDir,
    onLog: (line) => log.debug({ line }, 'postgresql'),
    onTrouble: (sentence) => log.warn({}, sentence),
  });
  await running.add('PostgreSQL', () => server.stop());
  say(`PostgreSQL is up (${secondsSince(started)} s).`);
  return server.url;
}

export function secondsSince(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}

function withoutPassword(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
