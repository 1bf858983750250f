import { Router } from 'express';
import { deleteDeployment } from '../../db/deployments.ts';
import { inTransaction } from '../../db/pool.ts';
import { deploymentView } from '../../db/views/deployment-view.ts';
import { listDeployments } from '../../db/views/deployment-rows.ts';
import { identityOf } from '../auth/identity.ts';
import { IdParams } from '../contract/common.ts';
import { CreateDeployment, DeploymentQuery } from '../contract/deployments.ts';
import { beginOrLeaveQueued, insertPrepared } from '../deployments/create.ts';
import { prepareDeployment, previewOf } from '../deployments/prepare.ts';
import type { ApiDeps } from '../deps.ts';
import { createOnce } from '../http/create-once.ts';
import { markPlace } from '../http/live.ts';

/** Deployments: made, listed, shown, deleted. What is done to them is in deployment-commands.ts. */
export function deploymentRoutes(deps: ApiDeps): Router {
  const { pool, temporalUi } = deps;
  const router = Router();

  router.get('/deployments', async (req, res) => {
    const query = DeploymentQuery.parse(req.query);
    await markPlace(pool, res);
    res.json(await listDeployments(pool, query));
  });

  router.post('/deployments', async (req, res) => {
    let created = '';
    const done = await createOnce(deps, req, res, {
      prepare: () => prepareDeployment(deps, CreateDeployment.parse(req.body)),
      insert: async (tx, prepared) => {
        created = await insertPrepared(tx, deps, prepared, identityOf(res).name);
        return { path: `/api/v1/deployments/${created}`, body: await deploymentView(tx, created, temporalUi) };
      },
    });
    if (done === 'created') await beginOrLeaveQueued(deps, created);
  });

  router.post('/deployments/preview', async (req, res) => {
    const prepared = await prepareDeployment(deps, CreateDeployment.parse(req.body));
    res.json({ files: previewOf(prepared) });
  });

  router.get('/deployments/:id', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    await markPlace(pool, res);
    res.json(await deploymentView(pool, id, temporalUi));
  });

  router.delete('/deployments/:id', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    await inTransaction(pool, (tx) => deleteDeployment(tx, id));
    res.status(204).end();
  });

  return router;
}
