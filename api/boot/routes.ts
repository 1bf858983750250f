import { Router } from 'express';
import type { Request, Response } from 'express';
import type { ApiDeps } from '../deps.ts';
import { createBootPlane } from './plane.ts';
import type { BootPlane, BootResponse } from './plane.ts';
import { splitTarget } from './query.ts';

/**
 * What a machine's firmware fetches before it has an operating system. Answered here or not at all: nothing below
 * `/boot` may fall through to a page, because BIOS would execute it.
 */
export function bootRoutes(
  deps: Pick<ApiDeps, 'pool' | 'keyring' | 'engine' | 'log' | 'publicUrl'>,
  plane: BootPlane = createBootPlane(deps),
): Router {
  const router = Router();

  router.get('/boot.ipxe', (_req, res) => send(res, plane.firstStage()));
  router.all('/boot.ipxe', onlyGet);

  // The path is read by hand: a parameter of the router would be decoded, and a stray `%` refused.
  router.use('/boot', async (req, res) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      onlyGet(req, res);
      return;
    }
    const { path, query } = splitTarget(req.url);
    send(res, await plane.answer({ mac: path.slice(1), query, remoteAddress: req.ip ?? '' }));
  });

  return router;
}

function send(res: Response, { status, headers, body }: BootResponse): void {
  res.status(status).set(headers).send(body);
}

/** An error status is safe for firmware: it never runs the body of one. */
function onlyGet(_req: Request, res: Response): void {
  res.status(405).set('Allow', 'GET, HEAD').type('text/plain').send('#!ipxe\necho Only GET is answered here\nexit 1\n');
}
