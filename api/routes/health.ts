import { Router } from 'express';
import type { Readiness } from '../contract/access.ts';
import type { ApiDeps } from '../deps.ts';
import { onlyGet } from '../http/only-get.ts';

/** A probe wants a word soon; a database that needs longer is as good as away. */
const DATABASE_PATIENCE_MS = 2_000;

/** For supervisors and load balancers: does the process live, and can it do its work? */
export function healthRoutes({ pool, engine }: Pick<ApiDeps, 'pool' | 'engine'>): Router {
  const router = Router();

  router.get('/healthz', (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ status: 'alive' });
  });

  router.get('/readyz', async (_req, res) => {
    const { server, worker } = engine.health();
    const parts = {
      database: await databaseAnswers(pool),
      engine: part(server, 'The workflow engine does not answer.'),
      worker: part(worker, 'No worker takes tasks.'),
    };
    const ready = parts.database.up && server && worker;
    res
      .status(ready ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ ready, parts } satisfies Readiness);
  });

  router.all(['/healthz', '/readyz'], onlyGet);
  return router;
}

async function databaseAnswers(pool: ApiDeps['pool']): Promise<Readiness['parts']['database']> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), DATABASE_PATIENCE_MS);
  });
  const answers = pool.query('select 1').then(
    () => true,
    // The reason is in the pool's own log; a public probe tells no addresses.
    () => false,
  );
  const up = await Promise.race([answers, late]);
  clearTimeout(timer);
  return part(up, 'The database does not answer.');
}

function part(up: boolean, otherwise: string): { up: boolean; detail: string } {
  return { up, detail: up ? '' : otherwise };
}
