import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { DataConverter } from '@temporalio/common';
import type { DeployMachineInput } from '../domain/deploy-input.ts';
import { DomainError } from '../domain/errors.ts';
import type { MachineReport } from '../domain/report.ts';
import type { deployMachine } from '../workflows/deploy-machine.ts';
import { cancel, extend, fail, machineReported, retry } from '../workflows/messages.ts';
import type { TemporalConnection } from './connection.ts';
import type { Command, Engine } from './engine.ts';
import { engineError } from './engine-error.ts';
import { HealthWatch } from './health.ts';
import { DEPLOYMENT_ID, MACHINE_ID } from './search-attributes.ts';
import { TASK_QUEUE } from './task-queue.ts';

/** A person waits for the answer to a command; after this long the engine counts as away. */
const COMMAND_MILLISECONDS = 8_000;

/** A connection that broke with a restarted server is made anew by the next try. Every call may be repeated. */
const TRIES = 3;
const PAUSE_MILLISECONDS = 150;
const MOMENT_MILLISECONDS = 1_500;

export interface GatewayOptions {
  readonly connection: TemporalConnection;
  readonly namespace: string;
  readonly dataConverter: DataConverter;
  readonly taskQueue?: string;
}

/** What is known of a deployment's execution. `other`: the machine's newest execution belongs to another deployment. */
export type Execution = 'open' | 'closed' | 'other' | 'none';

/** The only place that speaks to Temporal as a client. It connects when first used and survives the server's absence. */
export class Gateway implements Engine {
  readonly #connection: Connection;
  readonly #client: Client;
  readonly #taskQueue: string;
  readonly #health: HealthWatch;
  readonly #underWay = new Set<AbortController>();
  #hungUp = false;

  constructor({ connection, namespace, dataConverter, taskQueue = TASK_QUEUE }: GatewayOptions) {
    // Without the SDK's own retries: one that fires after the connection was closed throws where nobody can catch it.
    this.#connection = Connection.lazy({ ...connection, connectTimeout: '2 seconds', interceptors: [] });
    this.#client = new Client({ connection: this.#connection, namespace, dataConverter });
    this.#taskQueue = taskQueue;
    this.#health = new HealthWatch(this.#connection, namespace, taskQueue);
  }

  async begin(input: DeployMachineInput): Promise<void> {
    try {
      await this.#ask(() =>
        this.#client.workflow.start<typeof deployMachine>('deployMachine', {
          workflowId: workflowIdOf(input.machineId),
          taskQueue: this.#taskQueue,
          args: [input],
          workflowIdConflictPolicy: 'FAIL',
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          memo: { deploymentId: input.deploymentId },
          staticSummary: input.label,
          typedSearchAttributes: [
            { key: DEPLOYMENT_ID, value: input.deploymentId },
            { key: MACHINE_ID, value: input.machineId },
          ],
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      if ((await this.execution(input.machineId, input.deploymentId)) === 'open') return;
      throw new DomainError('machine-already-deploying', 'Another deployment of this machine is under way.', {
        cause: error,
      });
    }
  }

  async report(machineId: string, deploymentId: string, report: MachineReport): Promise<'delivered' | 'gone'> {
    try {
      await this.#ask(() => this.#handle(machineId).signal(machineReported, { deploymentId, report }));
      return 'delivered';
    } catch (error) {
      if (error instanceof DomainError && error.code === 'deployment-not-open') return 'gone';
      throw error;
    }
  }

  async retry({ machineId, ...command }: Parameters<Engine['retry']>[0]): Promise<void> {
    const updateId = randomUUID();
    await this.#ask(() => this.#handle(machineId).executeUpdate(retry, { args: [command], updateId }));
  }

  async extend({ machineId, ...command }: Parameters<Engine['extend']>[0]): Promise<Date> {
    const updateId = randomUUID();
    return new Date(
      await this.#ask(() => this.#handle(machineId).executeUpdate(extend, { args: [command], updateId })),
    );
  }

  async fail({ machineId, ...command }: Parameters<Engine['fail']>[0]): Promise<void> {
    const updateId = randomUUID();
    await this.#ask(() => this.#handle(machineId).executeUpdate(fail, { args: [command], updateId }));
  }

  /** The update refuses what may not be cancelled and keeps the name; Temporal's own request makes it end as Canceled. */
  async cancel({ machineId, ...command }: Command): Promise<void> {
    const updateId = randomUUID();
    const { workflowRunId } = await this.#ask(async () => {
      const update = await this.#handle(machineId).startUpdate(cancel, {
        args: [command],
        updateId,
        waitForStage: 'ACCEPTED',
      });
      await update.result();
      return update;
    });
    const run = this.#client.workflow.getHandle(workflowIdOf(machineId), workflowRunId);
    try {
      await this.#ask(() => run.cancel());
    } catch (error) {
      // Already through with its clean-up: the cancellation has taken place.
      if (!(error instanceof DomainError && error.code === 'deployment-not-open')) throw error;
    }
  }

  async execution(machineId: string, deploymentId: string): Promise<Execution> {
    try {
      const found = await this.#ask(() => this.#handle(machineId).describe());
      if (found.memo?.['deploymentId'] !== deploymentId) return 'other';
      return found.status.name === 'RUNNING' ? 'open' : 'closed';
    } catch (error) {
      if (error instanceof DomainError && error.code === 'deployment-not-open') return 'none';
      throw error;
    }
  }

  /** Deployments with an open workflow, as Temporal's index knows them: possibly a moment old. */
  async openDeploymentIds(): Promise<ReadonlySet<string>> {
    const query = `WorkflowType = 'deployMachine' and ExecutionStatus = 'Running'`;
    return this.#ask(async () => {
      const ids = new Set<string>();
      for await (const found of this.#client.workflow.list({ query }))
        ids.add(found.typedSearchAttributes.get(DEPLOYMENT_ID) ?? '');
      return ids;
    });
  }

  health(): { readonly server: boolean; readonly worker: boolean } {
    return this.#health.last;
  }

  /** Begins to look after the server's and the worker's health. */
  watch(): void {
    this.#health.start();
  }

  /** Gives up every call under way: what it was about is stored and will be tried again. */
  hangUp(): void {
    this.#health.stop();
    this.#hungUp = true;
    for (const call of this.#underWay) call.abort();
  }

  async close(): Promise<void> {
    this.hangUp();
    await this.#connection.close();
  }

  #handle(machineId: string): WorkflowHandle<typeof deployMachine> {
    return this.#client.workflow.getHandle<typeof deployMachine>(workflowIdOf(machineId));
  }

  async #ask<T>(call: () => Promise<T>): Promise<T> {
    const since = Date.now();
    for (let tries = 1; ; tries += 1) {
      // Known to be away: nobody has to wait for the deadline to hear it.
      if (this.#health.serverAway) throw engineError(new Error('the last look found no server'));
      try {
        return await this.#once(call, since + COMMAND_MILLISECONDS);
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) throw error;
        const mapped = engineError(error);
        const lostForAMoment = mapped.code === 'engine-unavailable' && Date.now() - since < MOMENT_MILLISECONDS;
        if (!lostForAMoment || tries === TRIES || this.#hungUp) throw mapped;
      }
      await sleep(PAUSE_MILLISECONDS);
    }
  }

  async #once<T>(call: () => Promise<T>, deadline: number): Promise<T> {
    // One for each call: the SDK never takes back what it hangs on a signal.
    const giveUp = new AbortController();
    this.#underWay.add(giveUp);
    try {
      return await this.#client.withAbortSignal(giveUp.signal, () => this.#client.withDeadline(deadline, call));
    } finally {
      this.#underWay.delete(giveUp);
    }
  }
}

function workflowIdOf(machineId: string): string {
  return `deploy:${machineId}`;
}
