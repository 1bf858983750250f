import { setTimeout as pause } from 'node:timers/promises';
import { Router } from 'express';
import { deleteDemo, openDemoDeployments } from '../../db/demo.ts';
import { inTransaction } from '../../db/pool.ts';
import { DomainError } from '../../domain/errors.ts';
import { identityOf, needs } from '../auth/identity.ts';
import { command } from '../deployments/commands.ts';
import type { ApiDeps } from '../deps.ts';

/** How long one click may take: cancelling tidies up first. */
const PATIENCE_MS = 15_000;
const LOOK_EVERY_MS = 100;

/** Removes the demo: its machines, deployments, images and files. */
export function demoRoutes(deps: Pick<ApiDeps, 'pool' | 'engine' | 'assets'>): Router {
  const { pool, engine, assets } = deps;
  const router = Router();

  router.delete('/demo', needs('administrator'), async (_req, res) => {
    const { name } = identityOf(res);
    for (const id of await openDemoDeployments(pool))
      await unlessEnded(command(deps, id, name, (order) => engine.cancel(order)));
    await allEnded();
    const orphans = await inTransaction(pool, deleteDemo);
    for (const sha256 of orphans) await assets.remove(sha256);
    res.status(204).end();
  });

  /** Waits until no deployment of the demo is open any more. */
  async function allEnded(): Promise<void> {
    const giveUpAt = Date.now() + PATIENCE_MS;
    while ((await openDemoDeployments(pool)).length > 0) {
      if (Date.now() > giveUpAt)
        throw new DomainError(
          'deployment-still-open',
          'The demo’s deployment is still being cancelled. Try again soon.',
        );
      await pause(LOOK_EVERY_MS);
    }
  }

  return router;
}

/** It may have ended between the question and the command. */
async function unlessEnded(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'deployment-not-open') throw error;
  }
}
