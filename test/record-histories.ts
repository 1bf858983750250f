/*
 * Records the histories in workflows/__histories__ from a real Temporal server:
 *   npx tsx test/record-histories.ts 127.0.0.1:7233 [namespace]
 * Run it when the workflow changes on purpose and no deployment of the old kind is open any more; until then the old
 * recordings prove that open deployments survive the change.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Activities, Projection } from '../activities/contract.ts';
import type { DeployMachineInput } from '../domain/deploy-input.ts';
import { planFor } from '../domain/plan.ts';
import type { Fact } from '../domain/report.ts';
import { workflowBundle } from '../temporal/bundle.ts';
import type { deployMachine } from '../workflows/deploy-machine.ts';
import { cancel, extend, machineReported, retry } from '../workflows/messages.ts';

const FOLDER = new URL('../workflows/__histories__/', import.meta.url);
const [address = '127.0.0.1:7233', namespace = 'octofleet'] = process.argv.slice(2);

const connection = await NativeConnection.connect({ address });
const client = new Client({ connection: await Connection.connect({ address }), namespace, identity: 'recorder' });
const taskQueue = `recording-${randomUUID()}`;
let latest: Projection | undefined;
const worker = await Worker.create({
  connection,
  namespace,
  taskQueue,
  identity: 'recorder',
  workflowBundle: { codePath: await workflowBundle(await mkdtemp(path.join(tmpdir(), 'octofleet-bundle-'))) },
  activities: { ...activitiesThatRemember() },
});

await worker.runUntil(async () => {
  await record('happy-windows', async (tell) => {
    for (const fact of [
      'booted',
      'wipe-granted',
      'installed',
      'os-started',
      'domain-joined',
      'agent-verified',
    ] as const)
      await tell(fact);
  });
  await record('held-and-retried', async (tell, { handle, by }) => {
    await handle.executeUpdate(extend, { args: [{ ...by, minutes: 30 }] });
    await atRest(handle);
    await tell('booted');
    await tell('failed');
    await handle.executeUpdate(retry, { args: [{ ...by, from: null }] });
    await until(() => latest?.attempt === 2);
    await atRest(handle);
    for (const fact of ['booted', 'installed', 'agent-verified'] as const) await tell(fact, 2);
  });
  await record('cancelled', async (tell, { handle, by }) => {
    await tell('booted');
    await handle.executeUpdate(cancel, { args: [by] });
    await handle.cancel();
  });
});
await connection.close();
await client.connection.close();

function handleOf(input: DeployMachineInput) {
  return client.workflow.getHandle<typeof deployMachine>(`recording:${input.machineId}`);
}

interface Controls {
  readonly handle: ReturnType<typeof handleOf>;
  readonly by: { readonly deploymentId: string; readonly by: string };
}

async function record(
  name: string,
  live: (tell: (fact: Fact, attempt?: number) => Promise<void>, controls: Controls) => Promise<void>,
): Promise<void> {
  latest = undefined;
  const input: DeployMachineInput = {
    deploymentId: randomUUID(),
    machineId: randomUUID(),
    label: 'web-07 (52:54:00:12:34:56)',
    plan: planFor({ joinsDomain: true }),
  };
  const { deploymentId } = input;
  const handle = handleOf(input);
  await client.workflow.start<typeof deployMachine>('deployMachine', {
    workflowId: handle.workflowId,
    taskQueue,
    args: [input],
  });
  await until(() => latest !== undefined);
  await atRest(handle);
  const tell = async (fact: Fact, attempt = 1): Promise<void> => {
    const phase = latest?.phase;
    await handle.signal(machineReported, { deploymentId, report: { id: `${attempt}-${fact}`, attempt, fact } });
    // One at a time, as machines do it; this one fact moves nothing.
    if (fact !== 'wipe-granted') await until(() => latest?.phase !== phase || latest?.status !== 'running');
    await atRest(handle);
  };
  await live(tell, { handle, by: { deploymentId, by: 'ada' } });
  await handle.result().catch(() => undefined);
  const json = historyToJSON(await handle.fetchHistory());
  await writeFile(new URL(`${name}.json`, FOLDER), `${json}\n`);
  process.stdout.write(`${name}: ${(JSON.parse(json) as { events: unknown[] }).events.length} events\n`);
}

/** Until the workflow has nothing under way any more and waits for the world. */
async function atRest(handle: Controls['handle']): Promise<void> {
  await until(async () => {
    const { raw } = await handle.describe();
    return (raw.pendingActivities ?? []).length === 0 && (raw.pendingWorkflowTask ?? null) === null;
  });
}

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 20));
}

function activitiesThatRemember(): Activities {
  const nothing = async (): Promise<void> => undefined;
  return {
    project: async (projection) => {
      latest = projection;
    },
    signsOfLife: async () => ({ lastSeenAt: null, cameBackAfterWipe: false, failingChecks: '' }),
    openAttempt: nothing,
    closeAttempt: nothing,
    acceptSystem: nothing,
    compensate: async () => ({ undone: ['The boot script was withdrawn.'], remains: [] }),
  };
}
