import pg from 'pg';

/** The one seam to SQL: a pool and a client inside a transaction both fit. */
export type Queryable = Pick<pg.Pool | pg.PoolClient, 'query'>;

export interface PoolOptions {
  readonly connectionString: string;
  readonly max?: number;
  /** Called for an idle connection that dies (a restarted database); without a listener it would end the process. */
  readonly onIdleError: (error: Error) => void;
}

/** The only place where pools are made. `bigint` columns arrive as numbers: our ids and sizes stay below 2^53. */
export function createPool({ connectionString, max = 20, onIdleError }: PoolOptions): pg.Pool {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({ connectionString, max, types, connectionTimeoutMillis: 5_000, statement_timeout: 30_000 });
  pool.on('error', onIdleError);
  return pool;
}

/** Runs `work` in one transaction; the only place that says `begin`. */
export async function inTransaction<T>(pool: pg.Pool, work: (tx: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // A connection that dies while it is ours emits on the client, not on the pool. The query in flight rejects as
  // well, which is what tells the caller; this listener only keeps the event from ending the process.
  const onError = (): void => undefined;
  client.on('error', onError);
  let broken = false;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

const CONSTRAINT_STATES = ['23505', '23503', '23001', '23514'];

/** Did a statement fail because this named constraint says no? Compared by SQLSTATE and name, never by message. */
export function violates(error: unknown, constraint: string): boolean {
  return (
    error instanceof pg.DatabaseError && CONSTRAINT_STATES.includes(error.code ?? '') && error.constraint === constraint
  );
}
