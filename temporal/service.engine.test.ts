import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { DeployMachineInput } from '../domain/deploy-input.ts';
import type { DomainError } from '../domain/errors.ts';
import { planFor } from '../domain/plan.ts';
import type { PhaseLimits } from '../domain/plan.ts';
import type { Fact } from '../domain/report.ts';
import { storeSecrets } from '../db/secrets.ts';
import { Keyring } from '../keyring.ts';
import { testDatabase } from '../test/database.ts';
import { acknowledge, createDeployment, storeEvidence } from '../test/deployment-rows.ts';
import { dataConverter } from './data-converter.ts';
import { startTemporalService } from './service.ts';
import type { TemporalService } from './service.ts';

const database = testDatabase();
const keyring = new Keyring(Keyring.generate());
const cacheDir = mkdtempSync(path.join(tmpdir(), 'octofleet-bundle-'));
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const HAPPY: readonly Fact[] = ['booted', 'wipe-granted', 'installed', 'os-started', 'domain-joined', 'agent-verified'];

let service: TemporalService;
let connection: Connection;
const taskQueue = `deploy-${randomUUID()}`;

beforeAll(async () => {
  connection = await Connection.connect({ address: inject('temporalAddress') });
  service = await start();
});

afterAll(async () => {
  await service.stop();
  await connection.close();
});

function start(): Promise<TemporalService> {
  return startTemporalService({
    connection: { address: inject('temporalAddress') },
    namespace: inject('temporalNamespace'),
    pool: database.pool(),
    keyring,
    log: silent,
    cacheDir,
    role: 'all',
    taskQueue,
    reconcileEverySeconds: 1,
  });
}

async function begun(limits: PhaseLimits = {}, preauthorisedRetries = 0): Promise<DeployMachineInput> {
  const plan = planFor({ joinsDomain: true, limits, preauthorisedRetries });
  const input = await createDeployment(database.pool(), { plan });
  await service.engine.begin(input);
  await shows(input, { status: 'running' });
  return input;
}

interface Row {
  readonly status: string;
  readonly phase: string;
  readonly attempt: number;
  readonly hold_reason: string | null;
  readonly hold_message: string;
  readonly deadline_at: Date | null;
  readonly rev: number;
}

async function row({ deploymentId }: DeployMachineInput): Promise<Row> {
  const { rows } = await database.pool().query<Row>('select d.* from deployments d where d.id = $1', [deploymentId]);
  return rows[0]!;
}

async function shows(input: DeployMachineInput, expected: Partial<Row>): Promise<void> {
  await vi.waitFor(async () => expect(await row(input)).toMatchObject(expected), { timeout: 20_000, interval: 50 });
}

async function lines({ deploymentId }: DeployMachineInput): Promise<string[]> {
  const { rows } = await database
    .pool()
    .query<{ line: string }>(
      `select e.kind || coalesce(' ' || e.phase, '') as line from events e where e.deployment_id = $1 order by e.id`,
      [deploymentId],
    );
  return rows.map((event) => event.line);
}

function client(): Client {
  return new Client({ connection, namespace: inject('temporalNamespace'), dataConverter: dataConverter(keyring) });
}

async function ends(input: DeployMachineInput): Promise<string> {
  const handle = client().workflow.getHandle(`deploy:${input.machineId}`);
  await handle.result().catch(() => undefined);
  return (await handle.describe()).status.name;
}

function by(input: DeployMachineInput) {
  return { machineId: input.machineId, deploymentId: input.deploymentId, by: 'ada' };
}

const tell = (input: DeployMachineInput, fact: Fact, options?: Parameters<typeof acknowledge>[3]) =>
  acknowledge(database.pool(), input.deploymentId, fact, options);

/** The reconciler leaves alone what has just changed. */
async function untouchedForAMinute({ deploymentId }: DeployMachineInput): Promise<void> {
  await database
    .pool()
    .query(`update deployments d set updated_at = now() - interval '1 minute' where d.id = $1`, [deploymentId]);
}

async function historyOf(input: DeployMachineInput) {
  return client().workflow.getHandle(`deploy:${input.machineId}`).fetchHistory();
}

describe('a deployment on a real Temporal', () => {
  it('goes from boot to success by its machine’s callbacks alone, in at most 120 events', async () => {
    const input = await begun();
    const canary = `Pa55-${randomUUID()}`;
    await storeSecrets(database.pool(), keyring, input.deploymentId, { 'administrator-password': canary });
    await storeEvidence(database.pool(), input.deploymentId);
    for (const fact of HAPPY) {
      const { phase } = await row(input);
      await tell(input, fact);
      if (fact !== 'wipe-granted') await vi.waitFor(async () => expect((await row(input)).phase).not.toBe(phase));
    }
    await shows(input, { status: 'succeeded', phase: 'finalising', deadline_at: null });
    expect(await ends(input)).toBe('COMPLETED');
    expect(await lines(input)).toEqual([
      'deployment.started awaiting-boot',
      'phase.entered awaiting-boot',
      'phase.entered installing',
      'phase.entered starting-os',
      'phase.entered joining-domain',
      'phase.entered checking-agent',
      'phase.entered finalising',
      'system.accepted finalising',
      'deployment.succeeded finalising',
    ]);

    const { events } = await historyOf(input);
    expect(events?.length).toBeLessThanOrEqual(120);
    // What Temporal stores of it: ids in clear, and nothing from the vault.
    const stored = textsIn(events).join('\n');
    expect(stored.includes(input.deploymentId)).toBe(true);
    expect(stored.includes(canary)).toBe(false);
    expect(stored.includes('deadlineSeconds')).toBe(false);
  });

  it('shows its state in Temporal Web without a key', async () => {
    const input = await begun();
    const unkeyed = new Client({ connection, namespace: inject('temporalNamespace') });
    const metadata = await unkeyed.workflow
      .getHandle(`deploy:${input.machineId}`)
      .query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toContain('phase awaiting-boot');
    await service.engine.cancel(by(input));
  });

  it('takes a later proof for the earlier ones whose callbacks were lost, and repeats for nothing', async () => {
    const input = await begun();
    await storeEvidence(database.pool(), input.deploymentId);
    const id = await tell(input, 'installed');
    await shows(input, { phase: 'starting-os' });
    await database.pool().query('update inbox i set delivered_at = null where i.id = $1', [id]);
    await service.engine.report(input.machineId, input.deploymentId, { id: String(id), attempt: 1, fact: 'installed' });
    await tell(input, 'booted');
    await tell(input, 'agent-verified');
    await shows(input, { status: 'succeeded' });
    expect((await lines(input)).filter((line) => line === 'phase.entered starting-os')).toHaveLength(1);
  });

  it('holds when the machine fails, starts again on an operator’s word, and is deaf to the old attempt', async () => {
    const input = await begun();
    await tell(input, 'booted');
    await tell(input, 'wipe-granted');
    await tell(input, 'failed', { body: { step: 'applying', reason: 'no-space', message: 'disk too small' } });
    await shows(input, {
      status: 'holding',
      hold_reason: 'machine-reported-failure',
      hold_message: 'applying: no-space: disk too small',
      deadline_at: null,
    });
    await refused(service.engine.retry({ ...by(input), from: 'starting-os' }), 'command-not-allowed');
    await service.engine.retry({ ...by(input), from: null });
    await shows(input, { status: 'running', phase: 'awaiting-boot', attempt: 2, hold_reason: null });

    await tell(input, 'agent-verified', { attempt: 1 });
    await tell(input, 'booted', { attempt: 2 });
    await shows(input, { phase: 'installing', attempt: 2, status: 'running' });
    const { rows } = await database
      .pool()
      .query<{ closed: boolean }>(
        'select a.closed_at is not null as closed from attempts a where a.deployment_id = $1 order by a.number',
        [input.deploymentId],
      );
    expect(rows).toEqual([{ closed: true }, { closed: false }]);
    await service.engine.cancel(by(input));
  });

  it('starts again unasked as often as its plan allows, then asks', async () => {
    const input = await begun({}, 1);
    await tell(input, 'failed');
    await shows(input, { status: 'running', attempt: 2 });
    await tell(input, 'failed', { attempt: 2 });
    await shows(input, { status: 'holding', attempt: 2 });
    await service.engine.cancel(by(input));
  });

  it('holds for a machine that never boots, and goes on by itself when it does', async () => {
    const input = await begun({ 'awaiting-boot': { deadlineSeconds: 0.3 } });
    await shows(input, { status: 'holding', hold_reason: 'never-booted' });
    await tell(input, 'booted');
    await shows(input, { status: 'running', phase: 'installing', hold_reason: null });
    expect(await lines(input)).toContain('deployment.resumed installing');
    await service.engine.cancel(by(input));
  });

  it('lets no fact heal a second exchange', async () => {
    const input = await begun();
    await tell(input, 'frozen', { body: { message: 'two clients' } });
    await shows(input, { status: 'holding', hold_reason: 'second-exchange', hold_message: 'two clients' });
    await tell(input, 'installed');
    await refused(service.engine.extend({ ...by(input), minutes: 5 }), 'command-not-allowed');
    await shows(input, { status: 'holding' });
    await service.engine.cancel(by(input));
  });

  it('is patient with an installer that shows signs of life and holds when they stop', async () => {
    const input = await begun({ installing: { deadlineSeconds: 60, leaseSeconds: 0.5 } });
    const alive = setInterval(() => {
      void database
        .pool()
        .query('update attempts a set last_seen_at = now() where a.deployment_id = $1', [input.deploymentId]);
    }, 100);
    try {
      await tell(input, 'booted');
      await shows(input, { phase: 'installing' });
      const looks = async () => (await historyOf(input)).events?.filter((event) => event.timerFiredEventAttributes);
      await vi.waitFor(async () => expect((await looks())?.length).toBeGreaterThan(2), { timeout: 10_000 });
      expect(await row(input)).toMatchObject({ status: 'running' });
    } finally {
      clearInterval(alive);
    }
    await shows(input, { status: 'holding', hold_reason: 'installer-silent' });
    await service.engine.cancel(by(input));
  });

  it('says so when a silent machine asked for its boot script again after the wipe', async () => {
    const input = await begun({ installing: { leaseSeconds: 0.3 } });
    await database
      .pool()
      .query(
        `update attempts a set wipe_granted_at = now() - interval '1 minute', last_visit_at = now() where a.deployment_id = $1`,
        [input.deploymentId],
      );
    await tell(input, 'booted');
    await shows(input, { status: 'holding', hold_reason: 'came-back-after-wipe' });
    await service.engine.cancel(by(input));
  });

  it('gets more time on an operator’s word, before and after its deadline', async () => {
    const input = await begun({ installing: { deadlineSeconds: 0.5, leaseSeconds: null } });
    const before = (await row(input)).deadline_at!;
    const later = await service.engine.extend({ ...by(input), minutes: 10 });
    expect(later.getTime() - before.getTime()).toBe(600_000);
    await shows(input, { deadline_at: later });

    await tell(input, 'booted');
    await shows(input, { status: 'holding', hold_reason: 'install-too-slow' });
    const granted = await service.engine.extend({ ...by(input), minutes: 5 });
    await shows(input, { status: 'running', phase: 'installing', deadline_at: granted });
    await service.engine.cancel(by(input));
  });

  it('is cancelled half way: credentials void, secrets gone, what remains is named, the machine free', async () => {
    const input = await begun();
    await storeSecrets(database.pool(), keyring, input.deploymentId, { 'administrator-password': 'Secret-1' });
    await tell(input, 'booted');
    await database
      .pool()
      .query('update attempts a set wipe_granted_at = now() where a.deployment_id = $1', [input.deploymentId]);
    await service.engine.cancel(by(input));
    expect(await ends(input)).toBe('CANCELLED');
    await shows(input, { status: 'cancelled' });

    const left = await database
      .pool()
      .query('select 1 from secrets s where s.deployment_id = $1 and s.sealed is not null', [input.deploymentId]);
    expect(left.rowCount).toBe(0);
    const told = await database
      .pool()
      .query<{ actor: string; message: string }>(
        `select e.actor, e.message from events e where e.deployment_id = $1 and e.kind in ('deployment.cancelled', 'deployment.compensated') order by e.id`,
        [input.deploymentId],
      );
    expect(told.rows[0]).toMatchObject({ actor: 'ada' });
    expect(told.rows[1]?.message).toContain('The disk of the machine was erased');
    await refused(service.engine.cancel(by(input)), 'deployment-not-open');

    const next = await createDeployment(database.pool(), { plan: input.plan, machineId: input.machineId });
    await service.engine.begin(next);
    await shows(next, { status: 'running' });
    // A stale page and a late callback mean the deployment that is over, not the machine's next one.
    await refused(service.engine.fail({ ...by(input), reason: 'too late' }), 'deployment-not-open');
    await service.engine.report(input.machineId, input.deploymentId, {
      id: 'late',
      attempt: 1,
      fact: 'agent-verified',
    });
    await service.engine.fail({ ...by(next), reason: 'given up by ada' });
    expect(await ends(next)).toBe('FAILED');
    // Even the message of the failure is unreadable for Temporal.
    expect(textsIn((await historyOf(next)).events).some((text) => text.includes('given up'))).toBe(false);
    await shows(next, { status: 'failed', phase: 'awaiting-boot' });
  });

  it('cleans up as well when Temporal itself is asked to cancel', async () => {
    const input = await begun();
    await client().workflow.getHandle(`deploy:${input.machineId}`).cancel();
    expect(await ends(input)).toBe('CANCELLED');
    await shows(input, { status: 'cancelled' });
    expect(await lines(input)).toContain('deployment.compensated awaiting-boot');
  });

  it('holds when its system cannot be entered, and retries from there', async () => {
    const input = await begun();
    await tell(input, 'agent-verified');
    await shows(input, { status: 'holding', hold_reason: 'finalising-failed' });
    await storeEvidence(database.pool(), input.deploymentId);
    await service.engine.retry({ ...by(input), from: 'finalising' });
    await shows(input, { status: 'succeeded' });
  });

  it('begins once however often it is asked, and refuses a second deployment of the machine', async () => {
    const input = await begun();
    await service.engine.begin(input);
    await refused(service.engine.begin({ ...input, deploymentId: randomUUID() }), 'machine-already-deploying');
    await service.engine.cancel(by(input));
  });

  it('loses nothing when the whole service restarts in the middle of a phase', async () => {
    const input = await begun();
    await storeEvidence(database.pool(), input.deploymentId);
    await service.stop();
    for (const fact of HAPPY) await tell(input, fact);
    service = await start();
    await shows(input, { status: 'succeeded' });
    const { rows } = await database
      .pool()
      .query<{ waiting: number }>('select count(*)::int as waiting from inbox i where i.delivered_at is null');
    expect(rows).toEqual([{ waiting: 0 }]);
  });
});

describe('the reconciler', () => {
  it('begins what was created while the engine was away', async () => {
    const input = await createDeployment(database.pool(), { plan: planFor({ joinsDomain: false }) });
    await shows(input, { status: 'running' });
    await service.engine.cancel(by(input));
  });

  it('ends a deployment whose workflow somebody terminated, and frees its machine', async () => {
    const input = await begun();
    await client().workflow.getHandle(`deploy:${input.machineId}`).terminate('drill');
    await untouchedForAMinute(input);
    await shows(input, { status: 'failed' });
    await vi.waitFor(() => expect(service.drift()).toBe(0), { timeout: 10_000 });
  });
});

describe('a Temporal that lost its data', () => {
  it('gets every open deployment back from the stored callbacks', async () => {
    const input = await begun();
    await storeEvidence(database.pool(), input.deploymentId);
    await tell(input, 'booted');
    await tell(input, 'installed');
    await shows(input, { phase: 'starting-os' });
    const { rev } = await row(input);
    await client().workflowService.deleteWorkflowExecution({
      namespace: inject('temporalNamespace'),
      workflowExecution: { workflowId: `deploy:${input.machineId}` },
    });
    await untouchedForAMinute(input);
    await vi.waitFor(async () => expect(await lines(input)).toContain('deployment.resumed'), { timeout: 20_000 });
    await tell(input, 'agent-verified');
    await shows(input, { status: 'succeeded' });
    expect((await row(input)).rev).toBeGreaterThan(rev);
  });
});

describe('health', () => {
  it('knows that server and worker answer', async () => {
    await vi.waitFor(() => expect(service.engine.health()).toEqual({ server: true, worker: true }), {
      timeout: 10_000,
    });
    expect(service.workerAlive()).toBe(true);
  });

  it('says engine-unavailable and keeps trying where no server answers', async () => {
    const nowhere = await startTemporalService({
      connection: { address: '127.0.0.1:1' },
      namespace: 'octofleet',
      pool: database.pool(),
      keyring,
      log: silent,
      cacheDir,
      role: 'worker',
      taskQueue,
    });
    const input = await createDeployment(database.pool(), { plan: planFor({ joinsDomain: false }) });
    await refused(nowhere.engine.begin(input), 'engine-unavailable');
    expect(nowhere.engine.health()).toEqual({ server: false, worker: false });
    expect(nowhere.workerAlive()).toBe(false);
    await nowhere.stop();
    await shows(input, { status: 'running' });
    await service.engine.cancel(by(input));
  });
});

/** Every string and every run of bytes in a message, as text. */
function textsIn(value: unknown): string[] {
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('latin1')];
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

async function refused(command: Promise<unknown>, code: DomainError['code']): Promise<void> {
  await expect(command).rejects.toMatchObject({ name: 'DomainError', code });
}
