import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import type pg from 'pg';
import { readCurrentAttemptData } from '../../db/attempt-data.ts';
import { commandTarget } from '../../db/deployments.ts';
import { secretNamesOf } from '../../db/secret-names.ts';
import { listActivity, logPieces } from '../../db/views/activity.ts';
import { DomainError } from '../../domain/errors.ts';
import { IdParams } from '../contract/common.ts';
import { ActivityQuery } from '../contract/deployments.ts';
import type { ApiDeps } from '../deps.ts';
import { markPlace } from '../http/live.ts';
import { previewFiles, publicContext } from '../installer-context.ts';

/** What happened in a deployment, what its machine wrote, and what the machine is given. */
export function deploymentDetailRoutes({ pool, publicUrl }: Pick<ApiDeps, 'pool' | 'publicUrl'>): Router {
  const router = Router();

  router.get('/deployments/:id/activity', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    const query = ActivityQuery.parse(req.query);
    await commandTarget(pool, id);
    await markPlace(pool, res);
    res.json(await listActivity(pool, id, query));
  });

  router.get('/deployments/:id/log.txt', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    await commandTarget(pool, id);
    // Machines write what they like; as plain text that no browser may take for anything else it does no harm.
    res.type('text/plain').set('X-Content-Type-Options', 'nosniff');
    await pipeline(Readable.from(logText(pool, id)), res);
  });

  router.get('/deployments/:id/preview', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    const data = await readCurrentAttemptData(pool, id);
    if (data === undefined) throw new DomainError('not-found', `There is no deployment ${id}.`);
    res.json({ files: previewFiles(publicContext(publicUrl, data), await secretNamesOf(pool, id)) });
  });

  return router;
}

/** The whole log with a heading wherever another file or attempt begins. */
async function* logText(pool: pg.Pool, id: string): AsyncGenerator<string> {
  let heading = '';
  let after = 0;
  for (;;) {
    const pieces = await logPieces(pool, id, after);
    for (const piece of pieces) {
      const now = `==> ${piece.name}, attempt ${piece.attempt} <==\n`;
      if (now !== heading) yield now;
      heading = now;
      yield piece.body.endsWith('\n') ? piece.body : `${piece.body}\n`;
      after = piece.id;
    }
    if (pieces.length === 0) return;
  }
}
