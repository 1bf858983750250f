import { Router } from 'express';
import { deleteTemplate, insertTemplate, updateTemplate } from '../../db/templates.ts';
import { listTemplates, templateView } from '../../db/views/templates.ts';
import { DomainError } from '../../domain/errors.ts';
import { IdParams } from '../contract/common.ts';
import { CreateTemplate, PatchTemplate, TemplateQuery } from '../contract/inventory.ts';
import type { ApiDeps } from '../deps.ts';
import { createOnce } from '../http/create-once.ts';
import { markPlace } from '../http/live.ts';

/** Reusable settings of deployments. */
export function templateRoutes(deps: Pick<ApiDeps, 'pool' | 'keyring'>): Router {
  const { pool } = deps;
  const router = Router();

  router.get('/templates', async (req, res) => {
    const query = TemplateQuery.parse(req.query);
    await markPlace(pool, res);
    res.json(await listTemplates(pool, query));
  });

  router.post('/templates', async (req, res) => {
    await createOnce(deps, req, res, {
      prepare: () => CreateTemplate.parse(req.body),
      insert: async (tx, body) => {
        const id = await insertTemplate(tx, { ...body, demo: false });
        return { path: `/api/v1/templates/${id}`, body: await templateView(tx, id) };
      },
    });
  });

  router.get('/templates/:id', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    await markPlace(pool, res);
    res.json(await templateView(pool, id));
  });

  router.patch('/templates/:id', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    if (!(await updateTemplate(pool, id, PatchTemplate.parse(req.body)))) throw unknown(id);
    res.json(await templateView(pool, id));
  });

  router.delete('/templates/:id', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    if (!(await deleteTemplate(pool, id))) throw unknown(id);
    res.status(204).end();
  });

  return router;
}

function unknown(id: string): DomainError {
  return new DomainError('not-found', `There is no template ${id}.`);
}
