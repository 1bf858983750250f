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

  constructor({ connection, namespace, dataConverter, taskQueue = TASK_QUEUE }: GatewayOptions) {
    this.#connection = Connection.lazy(connection);
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
    await this.#ask(() => this.#handle(machineId).executeUpdate(retry, { args: [command] }));
  }

  async extend({ machineId, ...command }: Parameters<Engine['extend']>[0]): Promise<Date> {
    return new Date(await this.#ask(() => this.#handle(machineId).executeUpdate(extend, { args: [command] })));
  }

  async fail({ machineId, ...command }: Parameters<Engine['fail']>[0]): Promise<void> {
    await this.#ask(() => this.#handle(machineId).executeUpdate(fail, { args: [command] }));
  }

  /** The update refuses what may not be cancelled and keeps the name; Temporal's own request makes it end as Canceled. */
  async cancel({ machineId, ...command }: Command): Promise<void> {
    const { workflowRunId } = await this.#ask(async () => {
      const update = await this.#handle(machineId).startUpdate(cancel, { args: [command], waitForStage: 'ACCEPTED' });
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

  health(): { readonly server: boolean; readonly worker: boolean } {
    return this.#health.last;
  }

  /** Begins to look after the server's and the worker's health. */
  watch(): void {
    this.#health.start();
  }

  async close(): Promise<void> {
    await this.#health.stop();
    await this.#connection.close();
  }

  #handle(machineId: string): WorkflowHandle<typeof deployMachine> {
    return this.#client.workflow.getHandle<typeof deployMachine>(workflowIdOf(machineId));
  }

  async #ask<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await this.#client.withDeadline(Date.now() + COMMAND_MILLISECONDS, call);
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) throw error;
      throw engineError(error);
    }
  }
}

function workflowIdOf(machineId: string): string {
  return `deploy:${machineId}`;
}
