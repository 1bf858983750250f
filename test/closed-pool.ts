import type pg from 'pg';
import { createPool } from '../db/pool.ts';

/** A database that is away: nobody listens on the discard port of this machine. */
export function closedPool(): pg.Pool {
  return createPool({ connectionString: 'postgres://nobody@127.0.0.1:9/nothing', onIdleError: () => undefined });
}
