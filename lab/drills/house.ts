import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../db/embedded-postgres.ts';
import type { EmbeddedPostgres } from '../../db/embedded-postgres.ts';
import { startEmbeddedTemporal } from '../../temporal/embedded/server.ts';
import type { EmbeddedTemporal } from '../../temporal/embedded/server.ts';
import { eventually } from './eventually.ts';
import { ServiceProcess } from './service-process.ts';

/** What a drill may kill. */
export const VICTIMS = ['worker', 'api', 'temporal', 'postgres'] as const;
export type Victim = (typeof VICTIMS)[number];

/** The service as production runs it: every part a process of its own, on real servers. */
export interface House {
  readonly url: string;
  readonly apiToken: string;
  readonly databaseUrl: string;
  /** `kill -9`, then the start that a supervisor would make at once. Resolves when it is dead. */
  readonly kill: (victim: Victim) => Promise<void>;
  /** Resolves when the victim works again. */
  readonly isUp: (victim: Victim) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface HouseOptions {
  readonly cacheDir: string;
  readonly cliPath: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** Starts everything in a folder of its own under the system's temporary one. */
export async function openHouse({ cacheDir, cliPath, env }: HouseOptions): Promise<House> {
  const folder = await mkdtemp(path.join(tmpdir(), 'octofleet-drill-'));
  const postgres = await startEmbeddedPostgres({ dataDir: folder, onLog: () => undefined });
  const temporal = await startEmbeddedTemporal({
    dataDir: folder,
    namespace: 'octofleet',
    uiPort: await freePort(),
    cliPath,
    cacheDir,
    env: { HOME: homedir(), ...env },
    onProgress: (sentence) => console.log(sentence),
    onLog: () => undefined,
  });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const apiToken = randomBytes(24).toString('base64url');
  const shared = {
    NODE_ENV: 'production' as const,
    PATH: env['PATH'] ?? '',
    HOME: env['HOME'] ?? homedir(),
    ...(env['XDG_CACHE_HOME'] !== undefined && { XDG_CACHE_HOME: env['XDG_CACHE_HOME'] }),
    DATABASE_URL: postgres.url,
    TEMPORAL_ADDRESS: temporal.address,
    OCTOFLEET_MASTER_KEY: randomBytes(32).toString('hex'),
    OCTOFLEET_PORT: String(port),
    OCTOFLEET_API_TOKEN: apiToken,
    OCTOFLEET_DEMO: '0',
    OCTOFLEET_LOG_LEVEL: 'warn',
  };
  const processOf = (role: 'api' | 'worker'): ServiceProcess =>
    new ServiceProcess(role, { ...shared, OCTOFLEET_ROLE: role, OCTOFLEET_DATA_DIR: path.join(folder, role) });
  const api = processOf('api');
  const worker = processOf('worker');

  const house: House = {
    url,
    apiToken,
    databaseUrl: postgres.url,
    kill: async (victim) => await killOne(victim, { api, worker, postgres, temporal }),
    isUp: async (victim) => {
      const proof = PROOF_OF_LIFE[victim]({ url, worker, postgres, temporal });
      const lastWords = (): string | undefined => api.lastWords() ?? worker.lastWords();
      const seen = await eventually(`${victim} is up`, async () => lastWords() ?? (await proof()));
      if (seen !== true) throw new Error(seen);
    },
    stop: async () => {
      await Promise.all([api.stop(), worker.stop()]);
      await temporal.stop();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  // The first to start brings the database up to date; the other waits at the same lock.
  api.start();
  worker.start();
  for (const part of VICTIMS) await house.isUp(part);
  return house;
}

interface Parts {
  readonly api: ServiceProcess;
  readonly worker: ServiceProcess;
  readonly postgres: EmbeddedPostgres;
  readonly temporal: EmbeddedTemporal;
}

async function killOne(victim: Victim, parts: Parts): Promise<void> {
  switch (victim) {
    case 'api':
    case 'worker':
      await parts[victim].kill();
      parts[victim].start();
      return;
    case 'postgres':
    case 'temporal':
      // Their own supervisors start them again.
      process.kill(parts[victim].pid(), 'SIGKILL');
  }
}

const PROOF_OF_LIFE: Readonly<
  Record<
    Victim,
    (where: {
      readonly url: string;
      readonly worker: ServiceProcess;
      readonly postgres: EmbeddedPostgres;
      readonly temporal: EmbeddedTemporal;
    }) => () => Promise<true | undefined>
  >
> = {
  api:
    ({ url }) =>
    async () =>
      (await fetch(`${url}/healthz`)).ok ? true : undefined,
  worker:
    ({ worker }) =>
    () =>
      Promise.resolve(worker.said('The worker is up.') ? true : undefined),
  // Asked directly: what the service says of it is two seconds old.
  temporal:
    ({ temporal }) =>
    async () => {
      const [host = '', port] = temporal.address.split(':');
      await new Promise<void>((resolve, reject) => {
        const socket = connect({ host, port: Number(port) }, () => {
          socket.destroy();
          resolve();
        });
        socket.once('error', reject);
      });
      return runs(temporal);
    },
  postgres:
    ({ postgres }) =>
    async () => {
      const client = new pg.Client({ connectionString: postgres.url });
      // A server that dies while we ask answers with the failed query.
      client.on('error', () => undefined);
      await client.connect();
      await client.query('select 1').finally(async () => await client.end());
      return runs(postgres);
    },
};

/** Its supervisor knows of the new run only once it is ready; until then the process id is that of the dead one. */
function runs(server: { readonly pid: () => number }): true | undefined {
  try {
    process.kill(server.pid(), 0);
    return true;
  } catch {
    return undefined;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
