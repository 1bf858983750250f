import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../db/embedded-postgres.ts';
import { createPool } from '../db/pool.ts';
import { migrate } from '../db/migrate.ts';
import { TEMPLATE_DATABASE, onDatabase } from './database-url.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Administrator's connection string of a PostgreSQL that holds the migrated template database. */
    databaseUrl: string;
  }
}

/** One real PostgreSQL for the whole run: `TEST_DATABASE_URL`, else the embedded one in a folder of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined) {
    await makeTemplate(given);
    project.provide('databaseUrl', given);
    return async () => undefined;
  }
  const dataDir = await mkdtemp(path.join(tmpdir(), 'octofleet-test-postgres-'));
  const postgres = await startEmbeddedPostgres({ dataDir, onLog: () => undefined });
  await makeTemplate(postgres.url);
  project.provide('databaseUrl', postgres.url);
  return async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}

async function makeTemplate(url: string): Promise<void> {
  const admin = createPool({ connectionString: url, max: 1, onIdleError: () => undefined });
  await admin.query(`drop database if exists ${TEMPLATE_DATABASE} with (force)`);
  await admin.query(`create database ${TEMPLATE_DATABASE}`);
  await admin.end();
  const pool = createPool({
    connectionString: onDatabase(url, TEMPLATE_DATABASE),
    max: 1,
    onIdleError: () => undefined,
  });
  await migrate(pool);
  await pool.end();
}
