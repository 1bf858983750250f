import { Router } from 'express';
import { deploymentView } from '../../db/views/deployment-view.ts';
import { identityOf } from '../auth/identity.ts';
import { IdParams } from '../contract/common.ts';
import { ExtendRequest, FailRequest, RetryRequest } from '../contract/deployments.ts';
import { command } from '../deployments/commands.ts';
import type { ApiDeps } from '../deps.ts';

/** What an operator may tell a deployment. Each answers with the deployment as it is once the workflow has agreed. */
export function deploymentCommandRoutes(deps: ApiDeps): Router {
  const { pool, engine, temporalUi } = deps;
  const router = Router();

  router.post('/deployments/:id/cancellation', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    await command(deps, id, identityOf(res).name, (order) => engine.cancel(order));
    res.json(await deploymentView(pool, id, temporalUi));
  });

  router.post('/deployments/:id/retries', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    const { from } = RetryRequest.parse(req.body);
    await command(deps, id, identityOf(res).name, (order) => engine.retry({ ...order, from }));
    res.json(await deploymentView(pool, id, temporalUi));
  });

  router.post('/deployments/:id/extensions', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    const { minutes } = ExtendRequest.parse(req.body);
    const deadline = await command(deps, id, identityOf(res).name, (order) => engine.extend({ ...order, minutes }));
    // The workflow's answer may be ahead of its projection.
    res.json({ ...(await deploymentView(pool, id, temporalUi)), deadlineAt: deadline.toISOString() });
  });

  router.post('/deployments/:id/failures', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    const { reason } = FailRequest.parse(req.body);
    await command(deps, id, identityOf(res).name, (order) => engine.fail({ ...order, reason }));
    res.json(await deploymentView(pool, id, temporalUi));
  });

  return router;
}
