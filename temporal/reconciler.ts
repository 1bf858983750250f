import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { failAbandoned, openDeployments } from '../db/open-deployments.ts';
import type { OpenDeployment } from '../db/open-deployments.ts';
import type { Gateway } from './gateway.ts';
import { errorFields } from './log.ts';
import type { Log } from './log.ts';

export interface ReconcilerOptions {
  readonly pool: pg.Pool;
  readonly engine: Pick<Gateway, 'begin' | 'execution'>;
  readonly log: Log;
  /** How often everything is compared. */
  readonly everySeconds?: number;
  /** A row that changed more recently is left alone: its workflow is just at work on it. */
  readonly quietForSeconds?: number;
}

/**
 * Compares open rows with open workflows: begins what was created while the engine was away, and ends what has lost
 * its workflow. Several processes may do so at once; every repair is guarded by what it found (D2).
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;
  #drift = 0;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** How many open rows did not match their workflow when last compared. For the metrics. */
  get drift(): number {
    return this.#drift;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  /** One comparison. */
  async reconcile(): Promise<void> {
    const { pool, quietForSeconds = 5 } = this.#options;
    let drift = 0;
    for (const deployment of await openDeployments(pool, quietForSeconds)) {
      if (this.#stopped.signal.aborted) return;
      if (!(await this.#matches(deployment))) drift += 1;
    }
    this.#drift = drift;
  }

  async #matches(deployment: OpenDeployment): Promise<boolean> {
    const { pool, engine, log } = this.#options;
    const { input, status } = deployment;
    const execution = await engine.execution(input.machineId, input.deploymentId);
    if (execution === 'open') return true;
    if (status === 'queued' && execution !== 'closed') {
      await engine.begin(input);
      log.info({ deploymentId: input.deploymentId }, 'a queued deployment was begun');
    } else if (await failAbandoned(pool, deployment)) {
      log.error({ deploymentId: input.deploymentId, execution }, 'a deployment without a workflow was ended');
    }
    return false;
  }

  async #run(): Promise<void> {
    const { log, everySeconds = 15 } = this.#options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        await this.reconcile();
      } catch (error) {
        log.warn(errorFields(error), 'deployments could not be compared with their workflows');
      }
      await sleep(everySeconds * 1_000, undefined, { signal }).catch(() => undefined);
    }
  }
}
