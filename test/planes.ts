import express from 'express';
import type { Express } from 'express';
import type pg from 'pg';
import request from 'supertest';
import { agentRoutes } from '../api/agent/routes.ts';
import { createBootPlane } from '../api/boot/plane.ts';
import type { BootPlane } from '../api/boot/plane.ts';
import { bootRoutes } from '../api/boot/routes.ts';
import type { ApiDeps } from '../api/deps.ts';
import { installerRoutes } from '../api/installer/routes.ts';
import { enrolmentToken } from '../credentials.ts';
import { closeAttempt, openAttempt } from '../db/attempts.ts';
import { insertDeployment } from '../db/deployments.ts';
import { insertMachine } from '../db/machines.ts';
import { storeSecrets } from '../db/secrets.ts';
import { macInUrl, parseMac } from '../domain/identity.ts';
import type { Mac } from '../domain/identity.ts';
import type { Family } from '../domain/image.ts';
import { planFor } from '../domain/plan.ts';
import { DEFAULT_SETTINGS } from '../domain/settings.ts';
import type { DeploymentSettings } from '../domain/settings.ts';
import { digest } from '../keyring.ts';
import { freshMac, readyImage, testApi } from './api.ts';
import type { TestApi } from './api.ts';

/** The planes that machines talk to, on a database of the test's own. */
export interface Planes extends TestApi {
  readonly boot: BootPlane;
}

export function machinePlanes(pool: pg.Pool, changes: Partial<ApiDeps> = {}): Planes {
  const api = testApi(pool, changes);
  const boot = createBootPlane(api.deps);
  const app: Express = express();
  app.use(bootRoutes(api.deps, boot), installerRoutes(api.deps), agentRoutes(api.deps));
  return { ...api, app, boot };
}

/** A deployment whose workflow has begun: its machine may boot. */
export interface Subject {
  readonly mac: Mac;
  readonly machineId: string;
  readonly deploymentId: string;
  readonly attemptId: string;
  readonly enrolmentToken: string;
}

export const PASSWORD = 'Correct-Horse_42';

export async function runningDeployment(
  planes: Planes,
  options: { readonly family?: Family; readonly settings?: Partial<DeploymentSettings> } = {},
): Promise<Subject> {
  const { pool, keyring } = planes.deps;
  const family = options.family ?? 'linux';
  const mac = parseMac(freshMac());
  const machine = { name: '', macs: [mac], smbiosUuid: null, serial: '', platform: 'kvm', demo: false } as const;
  const machineId = await insertMachine(pool, machine);
  const settings = { ...DEFAULT_SETTINGS, hostName: 'web-07', platform: 'kvm', ...options.settings } as const;
  const { id: deploymentId, attemptId } = await insertDeployment(pool, {
    machineId,
    imageId: await readyImage(planes, family),
    templateId: null,
    settings,
    plan: planFor({ joinsDomain: settings.domain !== null }),
    createdBy: 'test',
    demo: false,
  });
  await storeSecrets(pool, keyring, deploymentId, { 'administrator-password': PASSWORD });
  await openAttempt(pool, (id) => digest(enrolmentToken(keyring, id)), { deploymentId, attempt: 1 });
  await setRow(pool, deploymentId, { status: 'running' });
  return { mac, machineId, deploymentId, attemptId, enrolmentToken: enrolmentToken(keyring, attemptId) };
}

/** What the workflow would write. */
export async function setRow(
  pool: pg.Pool,
  deploymentId: string,
  row: { readonly status?: string; readonly phase?: string; readonly attempt?: number },
): Promise<void> {
  await pool.query(
    `update deployments d set status = coalesce($2, d.status), phase = coalesce($3, d.phase),
      attempt = coalesce($4, d.attempt) where d.id = $1`,
    [deploymentId, row.status ?? null, row.phase ?? null, row.attempt ?? null],
  );
}

/** An operator's retry, as the workflow carries it out. */
export async function nextAttempt(planes: Planes, { deploymentId }: Subject, attempt: number): Promise<void> {
  const { pool, keyring } = planes.deps;
  await closeAttempt(pool, { deploymentId, attempt: attempt - 1 });
  await openAttempt(pool, (id) => digest(enrolmentToken(keyring, id)), { deploymentId, attempt });
  await setRow(pool, deploymentId, { status: 'running', phase: 'awaiting-boot', attempt });
}

export async function bootScript({ app }: Pick<Planes, 'app'>, mac: Mac, query = ''): Promise<string> {
  const res = await request(app)
    .get(`/boot/${macInUrl(mac)}?${query}`)
    .expect(200);
  return res.text;
}

/** The nonce in the machine's boot script. */
export async function nonceOf(planes: Planes, { mac }: Pick<Subject, 'mac'>): Promise<string> {
  const [, nonce] = /(?:octofleet\.nonce=|\/d\/)([A-Za-z0-9_-]+)/.exec(await bootScript(planes, mac)) ?? [];
  if (nonce === undefined) throw new Error('this boot script carries no nonce');
  return nonce;
}

/** Boots and exchanges: the attempt token. */
export async function boot(planes: Planes, subject: Pick<Subject, 'mac'>, clientKey = 'client-0001'): Promise<string> {
  const nonce = await nonceOf(planes, subject);
  const res = await request(planes.app).post(`/d/${nonce}/exchange`).send({ clientKey }).expect(200);
  return String(res.body.token);
}

export async function inboxOf(
  pool: pg.Pool,
  attemptId: string,
): Promise<readonly { readonly key: string; readonly fact: string | null }[]> {
  const { rows } = await pool.query<{ key: string; fact: string | null }>(
    'select i.event_key as key, i.fact from inbox i where i.attempt_id = $1 order by i.id',
    [attemptId],
  );
  return rows;
}

export async function timelineOf(pool: pg.Pool, deploymentId: string): Promise<readonly string[]> {
  const { rows } = await pool.query<{ kind: string }>(
    'select e.kind from events e where e.deployment_id = $1 order by e.id',
    [deploymentId],
  );
  return rows.map(({ kind }) => kind);
}

export async function attemptRow(pool: pg.Pool, attemptId: string): Promise<Record<string, unknown>> {
  const { rows } = await pool.query<Record<string, unknown>>('select * from attempts a where a.id = $1', [attemptId]);
  return rows[0] ?? {};
}
