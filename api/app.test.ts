import type { Router } from 'express';
import pg from 'pg';
import request from 'supertest';
import { afterAll, describe, expect, test } from 'vitest';
import { PUBLIC_URL, testApi } from '../test/api.ts';
import { agentRoutes } from './agent/routes.ts';
import { routesOf } from './http/route-list.ts';
import { installerRoutes } from './installer/routes.ts';
import { managementRouters } from './management.ts';
import { OPERATIONS } from './openapi/document.ts';
import { openApiRoutes } from './openapi/routes.ts';
import { PUBLIC_ROUTES } from './public-routes.ts';
import { healthRoutes } from './routes/health.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { ChangeFeed } from './stream/feed.ts';
import { streamRoutes } from './stream/routes.ts';

// Nothing listens there: whatever is refused here is refused without a look into the database.
const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
const { app, deps } = testApi(pool);
afterAll(() => pool.end());

const routers = managementRouters(deps, streamRoutes(deps, new ChangeFeed(deps), new Set()));
const management = under('/api/v1', [...routers.open, ...routers.own, ...routers.raw, ...routers.rest]);
const operations = under('', [healthRoutes(deps), metricsRoutes(deps), openApiRoutes({ publicUrl: PUBLIC_URL })]);
const machines = under('', [installerRoutes(deps), agentRoutes(deps)]).filter(({ path }) => !path.includes('*'));

function under(prefix: string, list: readonly Router[]): { method: string; path: string }[] {
  return list.flatMap(routesOf).map(({ method, path }) => ({ method, path: `${prefix}${path}` }));
}

function named({ method, path }: { method: string; path: string }): string {
  return `${method.toUpperCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`;
}

describe('every route', () => {
  test('is described in /openapi.json, and nothing is described that is not there', () => {
    const mounted = [...management, ...operations, ...machines].map(named).sort();

    expect(mounted.length).toBeGreaterThan(50);
    expect(OPERATIONS.map(named).sort()).toEqual(mounted);
  });

  test.each([...management, ...operations].map((route) => [named(route), route] as const))(
    '%s is public for a reason, or answers 401 to strangers',
    async (name, { method, path }) => {
      if (PUBLIC_ROUTES.some((route) => named(route) === name)) return;
      const url = path.replaceAll(/:\w+/g, '00000000-0000-4000-8000-000000000000');

      for (const credential of [{}, { Authorization: 'Bearer x' }, { Authorization: 'Basic YTpi' }]) {
        const answer = await request(app)[method.toLowerCase() as 'get'](url).set(credential);

        expect(answer.status).toBe(401);
        expect(answer.headers['content-type']).toContain('application/problem+json');
      }
    },
  );

  test('that is public exists', () => {
    const mounted = [...management, ...operations].map(named);

    expect(PUBLIC_ROUTES.map(named).filter((name) => !mounted.includes(name))).toEqual([]);
  });
});

describe('the service', () => {
  test('says that it lives, whatever else is down', async () => {
    expect((await request(app).get('/healthz')).body).toEqual({ status: 'alive' });
  });

  test.each(['/healthz', '/readyz', '/metrics', '/openapi.json'])('only shows %s', async (path) => {
    for (const method of ['post', 'put', 'delete'] as const) {
      const answer = await request(app)[method](path).send({});

      expect(answer.status).toBe(405);
      expect(answer.headers['allow']).toBe('GET, HEAD');
      expect(answer.headers['content-type']).toContain('application/problem+json');
    }
  });

  test('is not ready without its database, and says which part is missing', async () => {
    const answer = await request(app).get('/readyz');

    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ ready: false, parts: { database: { up: false }, engine: { up: true } } });
    expect(answer.text).not.toContain('127.0.0.1');
  });

  test('answers an unknown address with a problem', async () => {
    for (const path of ['/api/v2/things', '/api', '/nowhere', '/%2e%2e/etc/passwd']) {
      const answer = await request(app).get(path);

      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject({ type: '/problems/not-found', status: 404 });
    }
  });

  test('describes itself to everybody', async () => {
    const answer = await request(app).get('/openapi.json');

    expect(answer.status).toBe(200);
    expect(answer.body.openapi).toBe('3.1.0');
  });

  test('answers 503 with a problem when the database is away', async () => {
    const answer = await request(app)
      .get('/api/v1/deployments')
      .set('Authorization', 'Bearer a-token-for-the-tests-0123456789');

    expect(answer.status).toBe(503);
    expect(answer.body.type).toBe('/problems/store-unavailable');
    expect(answer.headers['retry-after']).toBeDefined();
  });
});
