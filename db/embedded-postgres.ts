import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { BARE_ENVIRONMENT, boundToUs } from '../process/bound-command.ts';
import { lockFolder } from '../process/folder-lock.ts';
import { supervise } from '../process/supervise.ts';
import { prepareBinaries } from './embedded/binaries.ts';
import { OWNER, openCluster } from './embedded/cluster.ts';
import { makePrivateFolder, openHome } from './embedded/home.ts';
import { clearLeftOver } from './embedded/left-over.ts';
import { serverUser } from './embedded/server-user.ts';
import type { ServerUser } from './embedded/server-user.ts';

export interface EmbeddedPostgresOptions {
  /** Everything lives in `<dataDir>/postgres`; another folder is another, independent server. */
  readonly dataDir: string;
  /** What the server prints, and what we do about it. */
  readonly onLog: (line: string) => void;
  /** The server ended on its own and is being started again. */
  readonly onTrouble?: (sentence: string) => void;
}

export interface EmbeddedPostgres {
  /** Our role's connection string; stays the same over restarts of the server. */
  readonly url: string;
  /** The server's process id in its present run. */
  pid(): number;
  stop(): Promise<void>;
}

const SOCKET_NAME = '.s.PGSQL.5432';
/** Linux holds a socket's path in 108 bytes with the zero at the end; macOS in 104. */
const LONGEST_SOCKET_PATH = 103;

/**
 * A real PostgreSQL of our own: the binaries of an npm package under our supervision. Reachable through a Unix socket
 * in a closed folder only, with a random password; as safe on disk as any other (fsync and full page writes are on).
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, onLog, onTrouble = onLog } = options;
  const user = await serverUser(path.join(dataDir, 'postgres', 'data'));
  const home = await openHome(dataDir, user, onLog);
  const unlock = await lockFolder(home);
  try {
    const binaries = await prepareBinaries(home, user);
    const cluster = await openCluster(home, binaries, user);
    const socket = await openSocketFolder(home, user);
    const url = connectionString(cluster.password, socket.folder);
    const server = await supervise({
      name: 'PostgreSQL',
      command: async () => {
        await clearLeftOver(cluster.folder, onLog);
        const args = ['-D', cluster.folder, '-k', socket.folder, ...SETTINGS.flatMap((setting) => ['-c', setting])];
        return boundToUs({ file: binaries.postgres, args }, { deathSignal: 'INT', runAs: user });
      },
      env: BARE_ENVIRONMENT,
      cwd: '/',
      ready: (signal) => answers(url, signal),
      startTimeoutMs: 60_000,
      stopSignal: 'SIGINT',
      stopTimeoutMs: 6_000,
      onLine: onLog,
      onTrouble,
    });
    // For tools on this machine; as closed as the password beside it.
    const urlFile = path.join(home, 'url');
    await writeFile(urlFile, `${url}\n`, { mode: 0o600 });
    return {
      url,
      pid: () => server.pid(),
      stop: async () => {
        await server.stop();
        await rm(urlFile, { force: true });
        await socket.remove();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

const SETTINGS = [
  'listen_addresses=',
  'unix_socket_permissions=0700',
  'max_connections=100',
  'shared_buffers=64MB',
  'logging_collector=off',
  'log_destination=stderr',
  'log_line_prefix=',
] as const;

/** Beside the data where the path is short enough for a socket; else in a fresh folder under /tmp. */
async function openSocketFolder(
  home: string,
  user: ServerUser | undefined,
): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const beside = path.join(home, 'socket');
  if (Buffer.byteLength(path.join(beside, SOCKET_NAME)) <= LONGEST_SOCKET_PATH) {
    await makePrivateFolder(beside, user);
    return { folder: beside, remove: () => Promise.resolve() };
  }
  await mkdir('/tmp', { recursive: true });
  const folder = await mkdtemp('/tmp/octofleet-');
  await makePrivateFolder(folder, user);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

function connectionString(password: string, socketFolder: string): string {
  // A URL needs a host; the one in the query is what counts for `pg`.
  const url = new URL(`postgres://${OWNER}:${password}@localhost/${OWNER}`);
  url.searchParams.set('host', socketFolder);
  return url.href;
}

/** The server answers a query and has our database. */
async function answers(url: string, signal: AbortSignal): Promise<void> {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  for (;;) {
    try {
      await makeDatabase(maintenance.href);
      return;
    } catch (error) {
      if (!isNotYetUp(error)) throw error;
    }
    await sleep(50, undefined, { signal });
  }
}

async function makeDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // The server may go away under us while it starts; the query in flight tells us.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('select 1 from pg_database d where d.datname = $1', [OWNER]);
    if (rowCount === 0) await client.query(`create database ${OWNER}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** No socket yet, nobody behind it, or recovery is going on (57P03). A wrong password is none of these. */
function isNotYetUp(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return (
    code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === '57P03' || code === undefined
  );
}
