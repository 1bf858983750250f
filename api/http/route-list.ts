import type { RequestHandler, Router } from 'express';
import { DomainError } from '../../domain/errors.ts';
import { RequestError } from '../problem.ts';

/** One route as it was mounted: `GET`, `/deployments/:id`. */
export interface MountedRoute {
  readonly method: string;
  readonly path: string;
}

/** What a router answers, read from the router itself, so that no list can be out of date. */
export function routesOf(router: Pick<Router, 'stack'>): readonly MountedRoute[] {
  return router.stack.flatMap(({ route }) => {
    if (route === undefined) return [];
    // A handler for all methods has none of its own; it answers no route, it refuses what is left.
    const handlers: readonly { readonly method?: string }[] = route.stack;
    const methods = new Set(handlers.flatMap(({ method }) => (method === undefined ? [] : [method.toUpperCase()])));
    const paths: string | readonly string[] = route.path;
    return [paths].flat().flatMap((path) => [...methods].map((method) => ({ method, path })));
  });
}

/** Behind these routers: a path of theirs with another method is 405, anything else 404. */
export function refuseOthers(routers: readonly Pick<Router, 'stack'>[]): RequestHandler {
  const routes = routers.flatMap(routesOf).map(({ method, path }) => ({ method, matches: patternOf(path) }));
  return (req, res) => {
    const allowed = routes.filter(({ matches }) => matches.test(req.path)).map(({ method }) => method);
    if (allowed.length === 0) throw new DomainError('not-found', 'Nothing is answered under this address.');
    const methods = [...new Set(allowed.includes('GET') ? ['HEAD', ...allowed] : allowed)].sort();
    res.set('Allow', methods.join(', '));
    throw new RequestError(405, `This address answers ${methods.join(', ')}.`);
  };
}

function patternOf(path: string): RegExp {
  const parts = path.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : escaped(part)));
  return new RegExp(`^${parts.join('/')}/?$`, 'i');
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
