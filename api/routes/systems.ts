import { Router } from 'express';
import { inTransaction } from '../../db/pool.ts';
import { deleteSystem } from '../../db/systems.ts';
import { listSystems, systemView } from '../../db/views/systems.ts';
import { IdParams } from '../contract/common.ts';
import { SystemQuery } from '../contract/inventory.ts';
import type { ApiDeps } from '../deps.ts';
import { markPlace } from '../http/live.ts';

/** The registry of deployed machines. Only deployments write it; people may only take an entry out. */
export function systemRoutes({ pool }: Pick<ApiDeps, 'pool'>): Router {
  const router = Router();

  router.get('/systems', async (req, res) => {
    const query = SystemQuery.parse(req.query);
    await markPlace(pool, res);
    res.json(await listSystems(pool, query));
  });

  router.get('/systems/:id', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    await markPlace(pool, res);
    res.json(await systemView(pool, id));
  });

  router.delete('/systems/:id', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    await inTransaction(pool, (tx) => deleteSystem(tx, id));
    res.status(204).end();
  });

  return router;
}
