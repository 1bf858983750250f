import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import type pg from 'pg';
import { afterAll, beforeAll, expect, inject, vi } from 'vitest';
import type { DeployMachineInput } from '../domain/deploy-input.ts';
import type { DomainError } from '../domain/errors.ts';
import { planFor } from '../domain/plan.ts';
import type { PhaseLimits } from '../domain/plan.ts';
import type { Fact } from '../domain/report.ts';
import { Keyring } from '../keyring.ts';
import { dataConverter } from '../temporal/data-converter.ts';
import { startTemporalService } from '../temporal/service.ts';
import type { TemporalService } from '../temporal/service.ts';
import { testDatabase } from './database.ts';
import { acknowledge, createDeployment } from './deployment-rows.ts';

/** What a test looks at in a deployment's row. */
export interface DeploymentRow {
  readonly status: string;
  readonly phase: string;
  readonly attempt: number;
  readonly hold_reason: string | null;
  readonly hold_message: string;
  readonly deadline_at: Date | null;
  readonly rev: number;
}

interface Running {
  readonly connection: Connection;
  service: TemporalService;
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The service on a real Temporal, a database and a task queue of the test file's own. Call at the top level. */
export class DeploymentsOnTemporal {
  readonly keyring = new Keyring(Keyring.generate());
  readonly #database = testDatabase();
  readonly #cacheDir = mkdtempSync(path.join(tmpdir(), 'octofleet-bundle-'));
  readonly #taskQueue = `deploy-${randomUUID()}`;
  #running: Running | undefined;

  constructor() {
    beforeAll(async () => {
      const connection = await Connection.connect({ address: inject('temporalAddress') });
      this.#running = { connection, service: await this.start() };
    });
    afterAll(async () => {
      await this.service.stop();
      await this.connection.close();
    });
  }

  get pool(): pg.Pool {
    return this.#database.pool();
  }

  get service(): TemporalService {
    return this.#now.service;
  }

  get connection(): Connection {
    return this.#now.connection;
  }

  get #now(): Running {
    if (this.#running === undefined) throw new Error('the service runs only inside tests');
    return this.#running;
  }

  start(elsewhere: { readonly address?: string; readonly role?: 'all' | 'worker' } = {}): Promise<TemporalService> {
    return startTemporalService({
      connection: { address: elsewhere.address ?? inject('temporalAddress') },
      namespace: inject('temporalNamespace'),
      pool: this.pool,
      keyring: this.keyring,
      log: silent,
      cacheDir: this.#cacheDir,
      role: elsewhere.role ?? 'all',
      taskQueue: this.#taskQueue,
      reconcileEverySeconds: 1,
    });
  }

  async restartAfter(meanwhile: () => Promise<void>): Promise<void> {
    await this.service.stop();
    await meanwhile();
    this.#now.service = await this.start();
  }

  async begun(limits: PhaseLimits = {}, preauthorisedRetries = 0): Promise<DeployMachineInput> {
    const plan = planFor({ joinsDomain: true, limits, preauthorisedRetries });
    const input = await createDeployment(this.pool, { plan });
    await this.service.engine.begin(input);
    await this.shows(input, { status: 'running' });
    return input;
  }

  async row({ deploymentId }: DeployMachineInput): Promise<DeploymentRow> {
    const { rows } = await this.pool.query<DeploymentRow>('select d.* from deployments d where d.id = $1', [
      deploymentId,
    ]);
    return rows[0]!;
  }

  async shows(input: DeployMachineInput, expected: Partial<DeploymentRow>): Promise<void> {
    await vi.waitFor(async () => expect(await this.row(input)).toMatchObject(expected), {
      timeout: 20_000,
      interval: 50,
    });
  }

  async lines({ deploymentId }: DeployMachineInput): Promise<string[]> {
    const { rows } = await this.pool.query<{ line: string }>(
      `select e.kind || coalesce(' ' || e.phase, '') as line from events e where e.deployment_id = $1 order by e.id`,
      [deploymentId],
    );
    return rows.map((event) => event.line);
  }

  client(): Client {
    return new Client({
      connection: this.connection,
      namespace: inject('temporalNamespace'),
      dataConverter: dataConverter(this.keyring),
    });
  }

  workflow({ machineId }: DeployMachineInput): WorkflowHandle {
    return this.client().workflow.getHandle(`deploy:${machineId}`);
  }

  async ends(input: DeployMachineInput): Promise<string> {
    const handle = this.workflow(input);
    await handle.result().catch(() => undefined);
    return (await handle.describe()).status.name;
  }

  tell(
    input: DeployMachineInput,
    fact: Fact,
    options?: Parameters<typeof acknowledge>[3],
  ): ReturnType<typeof acknowledge> {
    return acknowledge(this.pool, input.deploymentId, fact, options);
  }

  /** The reconciler leaves alone what has just changed. */
  async untouchedForAMinute({ deploymentId }: DeployMachineInput): Promise<void> {
    await this.pool.query(`update deployments d set updated_at = now() - interval '1 minute' where d.id = $1`, [
      deploymentId,
    ]);
  }
}

export function by({ machineId, deploymentId }: DeployMachineInput) {
  return { machineId, deploymentId, by: 'ada' };
}

export async function refused(command: Promise<unknown>, code: DomainError['code']): Promise<void> {
  await expect(command).rejects.toMatchObject({ name: 'DomainError', code });
}
