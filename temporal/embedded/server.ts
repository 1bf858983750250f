import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { BARE_ENVIRONMENT, boundToUs } from '../../process/bound-command.ts';
import { lockFolder } from '../../process/folder-lock.ts';
import { endLeftOver, stillRuns } from '../../process/left-over.ts';
import { supervise } from '../../process/supervise.ts';
import { findCli } from './cli.ts';
import type { Cli, FindCliOptions } from './cli.ts';
import { prepareNamespace } from '../namespace.ts';
import { isFree, rememberedPort } from './ports.ts';

export interface EmbeddedTemporalOptions extends FindCliOptions {
  /** Everything lives in `<dataDir>/temporal`; another folder is another, independent server. */
  readonly dataDir: string;
  readonly namespace: string;
  /** Where its web interface listens, on loopback. */
  readonly uiPort: number;
  readonly onLog: (line: string) => void;
  /** The server ended on its own and is being started again. */
  readonly onTrouble?: (sentence: string) => void;
}

export interface EmbeddedTemporal {
  /** `127.0.0.1:17345`; stays the same over restarts of the server. */
  readonly address: string;
  readonly uiUrl: string;
  readonly serverVersion: string;
  /** The server's process id in its present run. */
  pid(): number;
  stop(): Promise<void>;
}

/** A soft limit for Go's collector; under load the server wants 300 MB. */
const MEMORY_LIMIT = '512MiB';

/**
 * A real Temporal server of our own: the development server of Temporal's command line program, with its database on
 * disk. A committed step survives `kill -9` and a power cut (write-ahead log, synchronous writes).
 */
export async function startEmbeddedTemporal(options: EmbeddedTemporalOptions): Promise<EmbeddedTemporal> {
  const { dataDir } = options;
  const cli = await findCli(options);
  const folder = path.join(dataDir, 'temporal');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unlock = await lockFolder(folder);
  try {
    const server = await startIn(folder, cli, options);
    return {
      ...server,
      stop: async () => {
        await server.stop();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function startIn(folder: string, cli: Cli, options: EmbeddedTemporalOptions): Promise<EmbeddedTemporal> {
  const { namespace, uiPort, onLog, onTrouble = onLog } = options;
  const database = path.join(folder, `server-${cli.serverVersion}.db`);
  await warnOfOtherVersions(folder, path.basename(database), onTrouble);

  const pidFile = path.join(folder, 'server.pid');
  await clearLeftOver(pidFile, database, onLog);
  if (!(await isFree(uiPort))) {
    throw new Error(
      `Port ${uiPort} is taken, and Temporal's web interface wants it: stop the other program or set OCTOFLEET_TEMPORAL_UI_PORT`,
    );
  }
  const port = await rememberedPort(path.join(folder, 'port'));
  const address = `127.0.0.1:${port}`;
  const args = await serverArguments({ cli: cli.file, database, port, uiPort });

  const server = await supervise({
    name: 'Temporal',
    command: async () => {
      await clearLeftOver(pidFile, database, onLog);
      return boundToUs({ file: cli.file, args }, { deathSignal: 'TERM' });
    },
    env: { ...BARE_ENVIRONMENT, HOME: folder, GOMEMLIMIT: MEMORY_LIMIT },
    cwd: folder,
    onStarted: (pid) => writeFile(pidFile, `${pid}\n`),
    ready: (signal) => prepareNamespace({ connection: { address }, namespace, ours: true, signal }),
    startTimeoutMs: 60_000,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 4_000,
    onLine: onLog,
    onTrouble,
  });
  return {
    address,
    uiUrl: `http://127.0.0.1:${uiPort}`,
    serverVersion: cli.serverVersion,
    pid: () => server.pid(),
    stop: async () => {
      await server.stop();
      await rm(pidFile, { force: true });
    },
  };
}

interface Flags {
  readonly cli: string;
  readonly database: string;
  readonly port: number;
  readonly uiPort: number;
}

async function serverArguments({ cli, database, port, uiPort }: Flags): Promise<readonly string[]> {
  const { stdout: help } = await promisify(execFile)(cli, ['server', 'start-dev', '--help']);
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port)],
    ...['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort)],
    ...['--db-filename', database, '--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=FULL'],
    ...['--log-level', 'warn', '--log-format', 'json'],
    // Newer releases look for news on the internet unless they are told not to.
    ...(help.includes('--ui-disable-news-fetch') ? ['--ui-disable-news-fetch'] : []),
  ];
}

/** Where the kernel does not end our children with us, a killed service leaves its server on the file and the ports. */
async function clearLeftOver(pidFile: string, database: string, onLog: (line: string) => void): Promise<void> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  if (!(await stillRuns(pid, ['start-dev', database]))) return;
  onLog(`a Temporal of an earlier run (process ${pid}) still serves ${database}; ending it`);
  await endLeftOver(pid, ['SIGTERM', 'SIGKILL']);
}

/** The server does not migrate its file, so each version has its own; what runs in an older one is not seen here. */
async function warnOfOtherVersions(folder: string, ours: string, onTrouble: (sentence: string) => void): Promise<void> {
  const names = await readdir(folder);
  if (names.includes(ours)) return;
  const others = names.filter((name) => /^server-.*\.db$/.test(name));
  if (others.length === 0) return;
  onTrouble(
    `Temporal starts with an empty ${ours}; deployments that were under way in ${others.join(', ')} need the version that made it`,
  );
}
