import { Router } from 'express';
import type { RequestHandler } from 'express';
import { authenticate } from './auth/authenticate.ts';
import { writesNeedOperator } from './auth/identity.ts';
import { Passwords } from './auth/passwords.ts';
import type { ApiDeps } from './deps.ts';
import { jsonBody } from './http/json-body.ts';
import { refuseOthers } from './http/route-list.ts';
import { problemHandler } from './problem.ts';
import { assetAdminRoutes } from './routes/assets.ts';
import { demoRoutes } from './routes/demo.ts';
import { deploymentCommandRoutes } from './routes/deployment-commands.ts';
import { deploymentDetailRoutes } from './routes/deployment-details.ts';
import { deploymentRoutes } from './routes/deployments.ts';
import { imageRoutes } from './routes/images.ts';
import { machineRoutes } from './routes/machines.ts';
import { overviewRoutes } from './routes/overview.ts';
import { sessionRoutes, signInRoutes } from './routes/session.ts';
import { systemRoutes } from './routes/systems.ts';
import { templateRoutes } from './routes/templates.ts';
import { tokenRoutes } from './routes/tokens.ts';

/** The routers of the management plane by what a request needs to reach them. */
export interface ManagementRouters {
  /** Answered to anybody: each route is in `PUBLIC_ROUTES` with its reason. */
  readonly open: readonly Router[];
  /** For whoever is signed in, whatever the role. */
  readonly own: readonly Router[];
  /** Read the request body themselves. */
  readonly raw: readonly Router[];
  readonly rest: readonly Router[];
}

export function managementRouters(deps: ApiDeps, stream: Router): ManagementRouters {
  const passwords = new Passwords();
  return {
    open: [signInRoutes(deps, passwords)],
    own: [sessionRoutes(deps, passwords)],
    raw: [assetAdminRoutes(deps)],
    rest: [
      deploymentRoutes(deps),
      deploymentCommandRoutes(deps),
      deploymentDetailRoutes(deps),
      machineRoutes(deps),
      imageRoutes(deps),
      templateRoutes(deps),
      systemRoutes(deps),
      tokenRoutes(deps),
      overviewRoutes(deps),
      demoRoutes(deps),
      stream,
    ],
  };
}

/** What people and programs talk to, under `/api/v1`. Closed by default: what stands behind `authenticate` is closed. */
export function managementPlane(deps: ApiDeps, routers: ManagementRouters): Router {
  const { open, own, raw, rest } = routers;
  const plane = Router();
  plane.use(neverCached);
  mount(plane, open);
  plane.use(authenticate(deps));
  mount(plane, own);
  plane.use(writesNeedOperator);
  mount(plane, raw);
  plane.use(jsonBody());
  mount(plane, rest);
  plane.use(refuseOthers([...open, ...own, ...raw, ...rest]));
  plane.use(problemHandler(deps.log));
  return plane;
}

function mount(plane: Router, routers: readonly Router[]): void {
  for (const router of routers) plane.use(router);
}

const neverCached: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};
