import { Router } from 'express';
import { assetsFor } from '../../db/assets.ts';
import { deleteImage, insertImage, renameImage, usersOfImage } from '../../db/images.ts';
import { imageView, listImages } from '../../db/views/images.ts';
import { DomainError } from '../../domain/errors.ts';
import { IdParams } from '../contract/common.ts';
import { CreateImage, CreateQuery, ImageQuery, PatchImage } from '../contract/inventory.ts';
import type { ApiDeps } from '../deps.ts';
import { createOnce } from '../http/create-once.ts';
import { wrongField } from '../http/fields.ts';
import { markPlace } from '../http/live.ts';

/** The catalogue of what can be installed. */
export function imageRoutes(deps: Pick<ApiDeps, 'pool' | 'keyring'>): Router {
  const { pool } = deps;
  const router = Router();

  router.get('/images', async (req, res) => {
    const query = ImageQuery.parse(req.query);
    await markPlace(pool, res);
    res.json(await listImages(pool, query));
  });

  router.post('/images', async (req, res) => {
    await createOnce(deps, req, res, {
      prepare: async () => {
        const { demo } = CreateQuery.parse(req.query);
        const body = CreateImage.parse(req.body);
        const found = await assetsFor(pool, { roles: [], imageSha256: body.assetSha256, demo });
        if (found.image === undefined)
          throw wrongField('/assetSha256', 'No file with this digest was uploaded with the role “image”.');
        return { body, demo };
      },
      insert: async (tx, { body, demo }) => {
        const id = await insertImage(
          tx,
          body.kind === 'wim' ? { ...body, family: 'windows', demo } : { ...body, family: 'linux', demo },
        );
        return { path: `/api/v1/images/${id}`, body: await imageView(tx, id) };
      },
    });
  });

  router.get('/images/:id', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    await markPlace(pool, res);
    res.json(await imageView(pool, id));
  });

  router.patch('/images/:id', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    const { name } = PatchImage.parse(req.body);
    if (!(await renameImage(pool, id, name))) throw unknown(id);
    res.json(await imageView(pool, id));
  });

  router.delete('/images/:id', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    const usedBy = await usersOfImage(pool, id);
    if (usedBy.length > 0)
      throw new DomainError('still-in-use', 'Deployments or templates name this image.', { facts: { usedBy } });
    if (!(await deleteImage(pool, id))) throw unknown(id);
    res.status(204).end();
  });

  return router;
}

function unknown(id: string): DomainError {
  return new DomainError('not-found', `There is no image ${id}.`);
}
