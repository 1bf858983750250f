import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { failAbandoned, inputToResume, openDeployments, tellOfTheResumed } from '../db/open-deployments.ts';
import type { OpenDeployment } from '../db/open-deployments.ts';
import type { Gateway } from './gateway.ts';
import { errorFields } from './log.ts';
import type { Log } from './log.ts';

export interface ReconcilerOptions {
  readonly pool: pg.Pool;
  readonly engine: Pick<Gateway, 'begin' | 'execution' | 'openDeploymentIds'>;
  readonly log: Log;
  /** How often everything is compared. */
  readonly everySeconds?: number;
  /** A row that changed more recently is left alone: its workflow is just at work on it. */
  readonly quietForSeconds?: number;
}

/**
 * Compares open rows with open workflows: begins what was created while the engine was away or was lost by it, and ends
 * what somebody terminated there. Several processes may do so at once; every repair is guarded by what it found (D2).
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

  /** One comparison. A list from Temporal's index spares the look at each; only what it does not show is looked at. */
  async reconcile(): Promise<void> {
    const { pool, engine, quietForSeconds = 5 } = this.#options;
    const open = await openDeployments(pool, quietForSeconds);
    const alive = open.length === 0 ? new Set() : await engine.openDeploymentIds();
    let drift = 0;
    for (const deployment of open) {
      if (this.#stopped.signal.aborted) return;
      if (!alive.has(deployment.input.deploymentId) && !(await this.#matches(deployment))) drift += 1;
    }
    this.#drift = drift;
  }

  async #matches(deployment: OpenDeployment): Promise<boolean> {
    const { pool, engine, log } = this.#options;
    const { input, status } = deployment;
    const { deploymentId, machineId } = input;
    const execution = await engine.execution(machineId, deploymentId);
    if (execution === 'open') return true;
    if (status === 'queued' && execution !== 'closed') {
      await engine.begin(input);
      log.info({ deploymentId }, 'a queued deployment was begun');
    } else if (execution === 'none') {
      await engine.begin(await inputToResume(pool, deployment));
      await tellOfTheResumed(pool, deployment);
      log.warn({ deploymentId }, 'a deployment that Temporal had lost was begun again');
    } else if (await failAbandoned(pool, deployment)) {
      log.error({ deploymentId, execution }, 'a deployment without a workflow was ended');
    }
    return false;
  }

  #stopping(): boolean {
    return this.#stopped.signal.aborted;
  }

  async #run(): Promise<void> {
    const { log, everySeconds = 15 } = this.#options;
    const { signal } = this.#stopped;
    while (!this.#stopping()) {
      try {
        await this.reconcile();
      } catch (error) {
        if (this.#stopping()) break;
        log.warn(errorFields(error), 'deployments could not be compared with their workflows');
      }
      await sleep(everySeconds * 1_000, undefined, { signal }).catch(() => undefined);
    }
  }
}
