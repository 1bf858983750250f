import compression from 'compression';
import express from 'express';
import type { Express, RequestHandler } from 'express';
import helmet from 'helmet';
import { DomainError } from '../domain/errors.ts';
import { agentRoutes } from './agent/routes.ts';
import { assetRoutes } from './assets/routes.ts';
import { bootRoutes } from './boot/routes.ts';
import type { ApiDeps } from './deps.ts';
import { installerRoutes } from './installer/routes.ts';
import { managementPlane, managementRouters } from './management.ts';
import { openApiRoutes } from './openapi/routes.ts';
import { problemHandler } from './problem.ts';
import { healthRoutes } from './routes/health.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { ChangeFeed } from './stream/feed.ts';
import { streamRoutes } from './stream/routes.ts';
import type { OpenStreams } from './stream/routes.ts';

const closers = new WeakMap<Express, () => Promise<void>>();

/** The table of contents of the service. It listens on nothing and reads no environment; a main does both. */
export function createApp(deps: ApiDeps & { readonly ui?: RequestHandler }): Express {
  const app = express();
  app.disable('x-powered-by');
  // The pages' server and a reverse proxy on this host may say whom they speak for; nobody else may.
  app.set('trust proxy', 'loopback');
  app.use(securityHeaders(deps.publicUrl));

  // Machines come first and meet no middleware: they are many, old, and send what no parser of ours shall see.
  app.use(bootRoutes(deps));
  app.use(assetRoutes(deps));
  app.use(installerRoutes(deps));
  app.use(agentRoutes(deps));
  app.use(healthRoutes(deps));
  app.use(metricsRoutes(deps));

  app.use(compression());
  app.use(openApiRoutes(deps));

  const feed = new ChangeFeed(deps);
  const open: OpenStreams = new Set();
  closers.set(app, async () => {
    for (const stream of open) stream.end();
    await feed.close();
  });
  const routers = managementRouters(deps, streamRoutes(deps, feed, open));
  app.use('/api/v1', managementPlane(deps, routers));
  app.use('/api', nothingHere);

  if (deps.ui !== undefined) app.use(deps.ui);
  app.use(nothingHere);
  app.use(problemHandler(deps.log));
  return app;
}

/** Ends every live stream of an app, so that its server can close. Pages come back to the next process by themselves. */
export async function closeStreams(app: Express): Promise<void> {
  await closers.get(app)?.();
}

/** The pages set their own content policy, with a nonce; answers for programs need none. */
function securityHeaders(publicUrl: string): RequestHandler {
  return helmet({
    contentSecurityPolicy: false,
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: publicUrl.startsWith('https:'),
  });
}

const nothingHere: RequestHandler = () => {
  throw new DomainError('not-found', 'Nothing is answered under this address.');
};
