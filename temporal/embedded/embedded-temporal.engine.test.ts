import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../config.ts';
import { until } from '../../test/processes.ts';
import { freePort } from './ports.ts';
import { startEmbeddedTemporal } from './server.ts';
import type { EmbeddedTemporal } from './server.ts';

let dataDir: string;
const started: EmbeddedTemporal[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'octofleet-temporal-'));
});

afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(uiPort?: number, folder = dataDir): Promise<EmbeddedTemporal> {
  const { cacheDir, temporal } = loadConfig(process.env);
  const server = await startEmbeddedTemporal({
    dataDir: folder,
    namespace: 'octofleet',
    uiPort: uiPort ?? (await freePort()),
    cliPath: temporal.cliPath,
    cacheDir,
    env: { HOME: homedir(), ...process.env },
    onProgress: () => undefined,
    onLog: () => undefined,
  });
  started.push(server);
  return server;
}

async function withClient<T>(address: string, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection, namespace: 'octofleet' }));
  } finally {
    await connection.close();
  }
}

test('the namespace keeps finished deployments for 30 days and knows our search attributes', async () => {
  const { address } = await start();

  await withClient(address, async ({ connection }) => {
    const { config } = await connection.workflowService.describeNamespace({ namespace: 'octofleet' });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'octofleet' });

    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 24 * 3600);
    expect(Object.keys(customAttributes)).toEqual(
      expect.arrayContaining(['DeployStatus', 'DeployPhase', 'DeploymentId', 'MachineId']),
    );
  });
});

test('a workflow survives kill -9 of the server, which comes back by itself at the same address', async () => {
  const server = await start();
  const before = server.pid();
  await withClient(server.address, (client) =>
    client.workflow.start('nobodyRunsThis', { workflowId: 'kept', taskQueue: 'none' }),
  );

  process.kill(before, 'SIGKILL');
  await until(() => server.pid() !== before || undefined);
  const { status } = await withClient(server.address, (client) => client.workflow.getHandle('kept').describe());

  expect(status.name).toBe('RUNNING');
});

test('stopped and started again, it has the same address and the same workflows', async () => {
  const first = await start();
  await withClient(first.address, (client) =>
    client.workflow.start('nobodyRunsThis', { workflowId: 'kept', taskQueue: 'none' }),
  );
  await first.stop();
  started.pop();

  const second = await start();

  expect(second.address).toBe(first.address);
  const { status } = await withClient(second.address, (client) => client.workflow.getHandle('kept').describe());
  expect(status.name).toBe('RUNNING');
});

test('its web interface answers', async () => {
  const { uiUrl } = await start();

  expect((await fetch(uiUrl)).status).toBe(200);
});

test('a port of its web interface that is taken is named with its variable', async () => {
  const { uiUrl } = await start();

  await expect(start(Number(new URL(uiUrl).port), path.join(dataDir, 'another'))).rejects.toThrow(
    /OCTOFLEET_TEMPORAL_UI_PORT/,
  );
});

test('a second start on the same folder is refused, and the first one goes on', async () => {
  const first = await start();
  const before = first.pid();

  await expect(start()).rejects.toThrow(`in use by process ${process.pid}`);

  expect(first.pid()).toBe(before);
  expect((await fetch(first.uiUrl)).status).toBe(200);
});
