import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { loadConfig } from '../config.ts';
import { planFor } from '../domain/plan.ts';
import { Keyring } from '../keyring.ts';
import { testDatabase } from '../test/database.ts';
import { acknowledge, createDeployment, storeEvidence } from '../test/deployment-rows.ts';
import { freePort } from './embedded/ports.ts';
import { startEmbeddedTemporal } from './embedded/server.ts';
import type { EmbeddedTemporal } from './embedded/server.ts';
import { startTemporalService } from './service.ts';
import type { TemporalService } from './service.ts';

const database = testDatabase();
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
let folder: string;
let server: EmbeddedTemporal;
let service: TemporalService;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'octofleet-outage-'));
  const { cacheDir, temporal } = loadConfig(process.env);
  server = await startEmbeddedTemporal({
    dataDir: folder,
    namespace: 'octofleet',
    uiPort: await freePort(),
    cliPath: temporal.cliPath,
    cacheDir,
    env: { HOME: homedir(), ...process.env },
    onProgress: () => undefined,
    onLog: () => undefined,
  });
  service = await startTemporalService({
    connection: { address: server.address },
    namespace: 'octofleet',
    pool: database.pool(),
    keyring: new Keyring(Keyring.generate()),
    log: silent,
    cacheDir: folder,
    role: 'all',
    reconcileEverySeconds: 1,
  });
});

afterAll(async () => {
  await service.stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

it('brings a deployment through although Temporal is killed and every database connection cut in each phase', async () => {
  const pool = database.pool();
  const input = await createDeployment(pool, { plan: planFor({ joinsDomain: true }) });
  const { deploymentId } = input;
  await storeEvidence(pool, deploymentId);
  const phase = async (): Promise<string> => {
    const { rows } = await pool.query<{ phase: string }>(
      `select case d.status when 'running' then d.phase else d.status end as phase from deployments d where d.id = $1`,
      [deploymentId],
    );
    return rows[0]!.phase;
  };
  const lives = [
    ['awaiting-boot', 'booted'],
    ['installing', 'installed'],
    ['starting-os', 'os-started'],
    ['joining-domain', 'domain-joined'],
    ['checking-agent', 'agent-verified'],
  ] as const;
  for (const [waitedFor, fact] of lives) {
    await vi.waitFor(async () => expect(await phase()).toBe(waitedFor), { timeout: 40_000 });
    process.kill(server.pid(), 'SIGKILL');
    await acknowledge(pool, deploymentId, fact);
    await pool.query(
      `select pg_terminate_backend(a.pid) from pg_stat_activity a
        where a.datname = current_database() and a.pid <> pg_backend_pid()`,
    );
  }
  await vi.waitFor(async () => expect(await phase()).toBe('succeeded'), { timeout: 40_000 });

  const { rows } = await pool.query<{ phase: string }>(
    `select e.phase from events e where e.deployment_id = $1 and e.kind = 'phase.entered' order by e.id`,
    [deploymentId],
  );
  expect(rows.map((event) => event.phase)).toEqual([...lives.map(([waitedFor]) => waitedFor), 'finalising']);
  const undelivered = await pool.query('select 1 from inbox i where i.delivered_at is null');
  expect(undelivered.rowCount).toBe(0);
}, 240_000);
