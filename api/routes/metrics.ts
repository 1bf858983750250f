import { Router } from 'express';
import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import { readGauges } from '../../db/views/gauges.ts';
import { DEPLOYMENT_STATUSES } from '../../domain/phases.ts';
import type { ApiDeps } from '../deps.ts';
import { onlyGet } from '../http/only-get.ts';

/** `GET /metrics`, in Prometheus’s text format. Counts only: no host name, no address, no text of any machine. */
export function metricsRoutes(deps: Pick<ApiDeps, 'pool' | 'engine' | 'log' | 'drift'>): Router {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const collect = createGauges(registry, deps);
  const router = Router();

  router.get('/metrics', async (_req, res) => {
    await collect();
    res
      .set('Cache-Control', 'no-store')
      .type(registry.contentType)
      .send(await registry.metrics());
  });

  router.all('/metrics', onlyGet);
  return router;
}

function createGauges(
  registry: Registry,
  { pool, engine, log, drift }: Pick<ApiDeps, 'pool' | 'engine' | 'log' | 'drift'>,
): () => Promise<void> {
  const gauge = <L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> =>
    new Gauge({ name: `octofleet_${name}`, help, labelNames: [...labelNames], registers: [registry] });

  const up = gauge('up', '1 when this part answers.', ['part']);
  const drifting = gauge('drift', 'Open deployments that did not match their workflow when last compared.');
  const deployments = gauge('deployments', 'Deployments by status, the demo left out.', ['status']);
  const holding = gauge('holding', 'Deployments that wait for an operator, by reason.', ['reason']);
  const undelivered = gauge('inbox_undelivered', 'Acknowledged callbacks the workflow has not heard of yet.');
  const oldest = gauge('inbox_oldest_undelivered_seconds', 'Age of the oldest of them.');

  return async () => {
    const { server, worker } = engine.health();
    up.set({ part: 'engine' }, Number(server));
    up.set({ part: 'worker' }, Number(worker));
    drifting.set(drift());
    deployments.reset();
    holding.reset();
    try {
      const read = await readGauges(pool);
      up.set({ part: 'database' }, 1);
      for (const status of DEPLOYMENT_STATUSES) deployments.set({ status }, 0);
      for (const { status, count } of read.byStatus) deployments.set({ status }, count);
      for (const { reason, count } of read.holding) holding.set({ reason }, count);
      undelivered.set(read.undelivered);
      oldest.set(read.oldestUndeliveredSeconds);
    } catch (error) {
      // What cannot be read is not made up: the old values would look like news.
      up.set({ part: 'database' }, 0);
      undelivered.remove();
      oldest.remove();
      log.warn({ err: error }, 'the database could not be read for the metrics');
    }
  };
}
