import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPool } from '../db/pool.ts';
import type { DeployMachineInput } from '../domain/deploy-input.ts';
import { DomainError } from '../domain/errors.ts';
import { planFor } from '../domain/plan.ts';
import type { Fact, MachineReport } from '../domain/report.ts';
import { testDatabase } from '../test/database.ts';
import { acknowledge, createDeployment } from '../test/deployment-rows.ts';
import type { Engine } from './engine.ts';
import { Relay } from './relay.ts';

const database = testDatabase();
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const relays: Relay[] = [];

afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
});

function relayTo(report: Engine['report'], pool = database.pool()): void {
  const relay = new Relay({ pool, engine: { report }, log: silent });
  relays.push(relay);
  relay.start();
}

async function running(): Promise<DeployMachineInput> {
  const input = await createDeployment(database.pool(), { plan: planFor({ joinsDomain: false }) });
  await database.pool().query(`update deployments d set status = 'running' where d.id = $1`, [input.deploymentId]);
  return input;
}

const tell = ({ deploymentId }: DeployMachineInput, fact: Fact | null, body: object = {}) =>
  acknowledge(database.pool(), deploymentId, fact, { body });

const setStatus = ({ deploymentId }: DeployMachineInput, status: string) =>
  database.pool().query('update deployments d set status = $2 where d.id = $1', [deploymentId, status]);

async function timeline({ deploymentId }: DeployMachineInput): Promise<object[]> {
  const { rows } = await database
    .pool()
    .query<object>('select e.kind, e.message from events e where e.deployment_id = $1', [deploymentId]);
  return rows;
}

async function waiting(): Promise<number> {
  const { rows } = await database
    .pool()
    .query<{ n: number }>('select count(*) as n from inbox i where i.fact is not null and i.delivered_at is null');
  return rows[0]!.n;
}

describe('the relay', () => {
  it('delivers what waits and what comes, in order, once, and only what the workflow has to hear', async () => {
    const input = await running();
    const heard: MachineReport[] = [];
    await tell(input, 'booted');
    await tell(input, null);
    relayTo(async (machineId, deploymentId, report) => {
      expect({ machineId, deploymentId }).toEqual({ machineId: input.machineId, deploymentId: input.deploymentId });
      heard.push(report);
      return 'delivered';
    });
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    await tell(input, 'failed', { seq: 3, step: 'applying', status: 'failed', reason: 'no-space', message: 'full' });
    // Far sooner than the next look by the clock: the notification woke it.
    await vi.waitFor(() => expect(heard).toHaveLength(2), { timeout: 1_000, interval: 10 });
    expect(heard).toMatchObject([
      { attempt: 1, fact: 'booted' },
      { attempt: 1, fact: 'failed', step: 'applying', reason: 'no-space', message: 'full' },
    ]);
    await vi.waitFor(async () => expect(await waiting()).toBe(0));
  });

  it('delivers again what an absent engine did not take, without losing the order', async () => {
    const input = await running();
    const heard: Fact[] = [];
    let away = 2;
    for (const fact of ['booted', 'wipe-granted', 'installed'] as const) await tell(input, fact);
    relayTo(async (_machine, _deployment, { fact }) => {
      if (fact === 'wipe-granted' && away > 0) {
        away -= 1;
        throw new DomainError('engine-unavailable', 'away');
      }
      heard.push(fact);
      return 'delivered';
    });
    await vi.waitFor(async () => expect(await waiting()).toBe(0), { timeout: 10_000 });
    expect(heard).toEqual(['booted', 'wipe-granted', 'installed']);
  });

  it('delivers each callback once although four relays compete', async () => {
    const inputs = await Promise.all([running(), running(), running()]);
    const heard: string[] = [];
    for (const input of inputs) for (const fact of ['booted', 'installed'] as const) await tell(input, fact);
    for (let n = 0; n < 4; n += 1)
      relayTo(async (_machine, deploymentId, { fact }) => {
        heard.push(`${deploymentId} ${fact}`);
        return 'delivered';
      });
    await vi.waitFor(async () => expect(await waiting()).toBe(0), { timeout: 10_000 });
    expect([...heard].sort()).toEqual(
      inputs.flatMap(({ deploymentId }) => [`${deploymentId} booted`, `${deploymentId} installed`]).sort(),
    );
  });

  it('writes down that nobody was left to tell', async () => {
    const input = await running();
    await tell(input, 'installed');
    await setStatus(input, 'failed');
    relayTo(async () => 'gone');
    await vi.waitFor(async () => expect(await waiting()).toBe(0));
    expect(await timeline(input)).toEqual([
      { kind: 'callback.refused', message: 'installed: the deployment was over when it arrived' },
    ]);
  });

  it('calls nothing lost that a deployment which succeeded hears a second time', async () => {
    const input = await running();
    await tell(input, 'agent-verified');
    await setStatus(input, 'succeeded');
    relayTo(async () => 'gone');
    await vi.waitFor(async () => expect(await waiting()).toBe(0));
    expect(await timeline(input)).toEqual([]);
  });

  it('keeps what an open deployment has to hear until a lost workflow is begun again', async () => {
    const input = await running();
    await tell(input, 'booted');
    const heard: Fact[] = [];
    let asked = 0;
    let lost = true;
    relayTo(async (_machine, _deployment, { fact }) => {
      asked += 1;
      if (lost) return 'gone';
      heard.push(fact);
      return 'delivered';
    });
    await vi.waitFor(() => expect(asked).toBeGreaterThan(1), { timeout: 10_000 });
    expect(await waiting()).toBe(1);
    expect(await timeline(input)).toEqual([]);
    lost = false;
    await vi.waitFor(() => expect(heard).toEqual(['booted']), { timeout: 10_000 });
  });

  it('keeps a callback of a deployment that has not begun until it has', async () => {
    const input = await createDeployment(database.pool(), { plan: planFor({ joinsDomain: false }) });
    const heard: Fact[] = [];
    await tell(input, 'booted');
    const other = await running();
    await tell(other, 'installed');
    relayTo(async (_machine, _deployment, { fact }) => {
      heard.push(fact);
      return 'delivered';
    });
    await vi.waitFor(() => expect(heard).toEqual(['installed']));
    await database.pool().query(`update deployments d set status = 'running' where d.id = $1`, [input.deploymentId]);
    await vi.waitFor(() => expect(heard).toEqual(['installed', 'booted']), { timeout: 10_000 });
  });

  it('lives on when its database connections die', async () => {
    const input = await running();
    const pool = createPool({ connectionString: database.url(), max: 4, onIdleError: () => undefined });
    const heard: Fact[] = [];
    relayTo(async (_machine, _deployment, { fact }) => {
      heard.push(fact);
      return 'delivered';
    }, pool);
    await tell(input, 'booted');
    await vi.waitFor(() => expect(heard).toEqual(['booted']));
    await database
      .pool()
      .query(
        'select pg_terminate_backend(a.pid) from pg_stat_activity a where a.datname = current_database() and a.pid <> pg_backend_pid()',
      );
    await tell(input, 'installed');
    await vi.waitFor(() => expect(heard).toEqual(['booted', 'installed']), { timeout: 10_000 });
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
    await pool.end();
  });
});
