import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ENVIRONMENT, loadConfig } from '../config.ts';
import { missingTool } from './tools.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const missing = missingTool('docker-compose');

const Service = z.object({
  image: z.string(),
  environment: z.record(z.string(), z.coerce.string()).default({}),
  ports: z.array(z.union([z.string(), z.object({ published: z.coerce.string() })])).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.unknown().optional(),
});
const Compose = z.object({ services: z.record(z.string(), Service) });

/** What an operator would have put into `.env`: every variable of the example, none left empty. */
const filledIn = Object.fromEntries(
  readFileSync(`${ROOT}.env.production.example`, 'utf8')
    .split('\n')
    .filter((line) => /^[A-Z_]+=/.test(line))
    .map((line) => [line.split('=')[0] ?? '', line.split('=').slice(1).join('=') || 'ab'.repeat(32)]),
);

describe.skipIf(missing !== undefined)(`the production compose file${missing ?? ''}`, () => {
  let services: Readonly<Record<string, z.infer<typeof Service>>>;

  beforeAll(() => {
    const env = { ...process.env, ...filledIn };
    services = Compose.parse(
      parse(execFileSync('docker-compose', ['config'], { cwd: ROOT, env, encoding: 'utf8' })),
    ).services;
  });

  it('is refused as long as a password is missing', () => {
    const env = { ...process.env, ...filledIn, POSTGRES_PASSWORD: '' };

    expect(() => execFileSync('docker-compose', ['config'], { cwd: ROOT, env, stdio: 'pipe' })).toThrow(
      /POSTGRES_PASSWORD/,
    );
  });

  it('gives our processes no variable that they do not read', () => {
    const given = ['api', 'worker'].flatMap((name) => Object.keys(services[name]!.environment));

    expect(given.filter((name) => !Object.keys(ENVIRONMENT.shape).includes(name))).toEqual([]);
  });

  it('gives our processes a configuration they accept', () => {
    expect(loadConfig(services['api']!.environment).role).toBe('api');
    expect(loadConfig(services['worker']!.environment).role).toBe('worker');
  });

  it('pins every image to a release', () => {
    const images = Object.values(services).map(({ image }) => image);

    expect(images.filter((image) => !/:\d+\.\d+/.test(image))).toEqual([]);
  });

  it('publishes the api, and Temporal’s pages on loopback, and nothing else', () => {
    const published = Object.entries(services)
      .filter(([, { ports }]) => ports.length > 0)
      .map(([name]) => name);

    expect(published.sort()).toEqual(['api', 'temporal-ui']);
    expect(JSON.stringify(services['temporal-ui']!.ports)).toContain('127.0.0.1');
  });

  it('looks after the health of everything that keeps running', () => {
    const jobs = ['temporal-schema', 'temporal-namespace'];
    const unwatched = Object.entries(services).filter(([, { healthcheck }]) => healthcheck === undefined);

    expect(unwatched.map(([name]) => name).filter((name) => !jobs.includes(name))).toEqual(['temporal-ui']);
  });

  it('keeps the database in a named volume', () => {
    expect(services['postgres']!.volumes.some((volume) => volume.startsWith('postgres-data:'))).toBe(true);
  });

  it('starts nothing before what it needs is healthy or done', () => {
    const conditions = Object.values(services).flatMap(({ depends_on }) => Object.values(depends_on));

    expect(conditions.filter(({ condition }) => condition === 'service_started')).toEqual([]);
    expect(services['temporal']!.depends_on['temporal-schema']?.condition).toBe('service_completed_successfully');
    expect(services['api']!.depends_on['temporal-namespace']?.condition).toBe('service_completed_successfully');
  });
});

describe('the image', () => {
  it('is built from pinned bases and does not run as root', () => {
    const dockerfile = readFileSync(`${ROOT}Dockerfile`, 'utf8');
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base ?? '');

    expect(bases.filter((base) => !/:\d+\.\d+/.test(base))).toEqual([]);
    expect(dockerfile).toMatch(/^USER octofleet$/m);
  });
});
