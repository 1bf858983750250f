import { Router } from 'express';
import type { Request } from 'express';
import { deleteAsset, imagesOfAsset, listAssets, openDeploymentsUsing, recordAsset } from '../../db/assets.ts';
import type { StoredAsset } from '../../db/assets.ts';
import { DomainError } from '../../domain/errors.ts';
import { AssetParams, UploadQuery } from '../contract/inventory.ts';
import type { AssetView } from '../contract/inventory.ts';
import type { ApiDeps } from '../deps.ts';
import { RequestError } from '../problem.ts';

/** The files that machines fetch: images, and what the installers are made of. */
export function assetAdminRoutes({ pool, assets }: Pick<ApiDeps, 'pool' | 'assets'>): Router {
  const router = Router();

  router.get('/assets', async (_req, res) => {
    res.json({ items: (await listAssets(pool)).map(viewOf) });
  });

  // The body is the file itself, whatever its type says; it is streamed to the disk and never held in memory.
  router.post('/assets', async (req, res) => {
    const { role, name, demo, sha256: expectedSha256 } = UploadQuery.parse(req.query);
    const { sha256, size } = await assets.put(req, { expectedSha256 }).catch((error: unknown) => {
      throw hasLeft(req) ? new RequestError(400, 'The connection ended before the file did.') : error;
    });
    await recordAsset(pool, { sha256, size, role, name, demo });
    const stored = (await listAssets(pool)).find(
      (asset) => asset.sha256 === sha256 && asset.role === role && asset.demo === demo,
    );
    if (stored === undefined) throw new Error('a file that was just recorded is not there');
    res
      .status(201)
      .location(`/assets/${sha256}/${encodeURIComponent(name)}`)
      .json(viewOf(stored));
  });

  router.delete('/assets/:sha256', async (req, res) => {
    const { sha256 } = AssetParams.parse(req.params);
    const images = await imagesOfAsset(pool, sha256);
    const deployments = await openDeploymentsUsing(pool, sha256);
    const usedBy = [
      ...images.map((image) => ({ kind: 'image', ...image })),
      ...deployments.map((deployment) => ({ kind: 'deployment', ...deployment })),
    ];
    if (usedBy.length > 0)
      throw new DomainError('still-in-use', 'Machines may still fetch this file.', { facts: { usedBy } });
    if (!(await deleteAsset(pool, sha256))) throw new DomainError('not-found', `There is no file ${sha256}.`);
    await assets.remove(sha256);
    res.status(204).end();
  });

  return router;
}

/** Nobody hears the answer then; but it is the client's doing, and must not look like a fault of the service in its log. */
function hasLeft({ errored, complete }: Request): boolean {
  return !complete && errored !== null && 'code' in errored && errored.code === 'ECONNRESET';
}

function viewOf(asset: StoredAsset): AssetView {
  return {
    sha256: asset.sha256,
    name: asset.name,
    role: asset.role,
    size: asset.size,
    demo: asset.demo,
    current: asset.current,
    createdAt: asset.createdAt.toISOString(),
  };
}
