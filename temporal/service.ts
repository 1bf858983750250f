import type pg from 'pg';
import { createActivities } from '../activities/index.ts';
import { enrolmentToken } from '../credentials.ts';
import { deploymentStore } from '../db/deployment-store.ts';
import { digest } from '../keyring.ts';
import type { Keyring } from '../keyring.ts';
import { workflowBundle } from './bundle.ts';
import type { TemporalConnection } from './connection.ts';
import { dataConverter } from './data-converter.ts';
import type { Engine } from './engine.ts';
import { Gateway } from './gateway.ts';
import type { Log } from './log.ts';
import { Reconciler } from './reconciler.ts';
import { Relay } from './relay.ts';
import { installRuntime, sdkLogger } from './runtime.ts';
import { KeptWorker } from './worker.ts';

export interface TemporalServiceOptions {
  /** `{ address }` of the embedded server, or `connectionFromEnvironment(…)`. */
  readonly connection: TemporalConnection;
  readonly namespace: string;
  readonly pool: pg.Pool;
  readonly keyring: Keyring;
  readonly log: Log;
  /** Where the bundled workflows are kept between starts. */
  readonly cacheDir: string;
  /** `worker` and `all` run workflows and activities; `api` and `all` relay callbacks and compare the stores. */
  readonly role: 'all' | 'api' | 'worker';
  /** Default `deploy`. Tests use one each. */
  readonly taskQueue?: string;
  readonly reconcileEverySeconds?: number;
}

export interface TemporalService {
  readonly engine: Engine;
  /** Does this process's own worker run? Always false in the role `api`. */
  readonly workerAlive: () => boolean;
  /** Open deployments that did not match their workflow when last compared. */
  readonly drift: () => number;
  readonly stop: () => Promise<void>;
}

/**
 * Everything that needs Temporal, running. It resolves when the workflows are bundled, whether or not the server answers
 * yet: the worker, the relay and the reconciler each keep trying, and `engine.health()` says how it stands.
 */
export async function startTemporalService(options: TemporalServiceOptions): Promise<TemporalService> {
  const { connection, namespace, pool, keyring, log, cacheDir, role } = options;
  const shared = { connection, namespace, dataConverter: dataConverter(keyring) };
  const taskQueue = options.taskQueue === undefined ? {} : { taskQueue: options.taskQueue };
  installRuntime(log);

  const gateway = new Gateway({ ...shared, ...taskQueue });
  const store = deploymentStore(pool, (attemptId) => digest(enrolmentToken(keyring, attemptId)));
  const worker = role === 'api' ? undefined : await prepareWorker();
  const relay = new Relay({ pool, engine: gateway, log });
  const everySeconds =
    options.reconcileEverySeconds === undefined ? {} : { everySeconds: options.reconcileEverySeconds };
  const reconciler = new Reconciler({ pool, engine: gateway, log, ...everySeconds });

  gateway.watch();
  worker?.start();
  if (role !== 'worker') {
    relay.start();
    reconciler.start();
  }

  return {
    engine: gateway,
    workerAlive: () => worker?.alive ?? false,
    drift: () => reconciler.drift,
    async stop() {
      gateway.hangUp();
      await Promise.all([relay.stop(), reconciler.stop(), worker?.stop()]);
      await gateway.close();
    },
  };

  async function prepareWorker(): Promise<KeptWorker> {
    const codePath = await workflowBundle(cacheDir, sdkLogger(log));
    return new KeptWorker({ ...shared, ...taskQueue, activities: createActivities({ store }), codePath, log });
  }
}
