import request from 'supertest';
import { expect, test } from 'vitest';
import { mintSignInLink } from './auth/sign-in-link.ts';
import { createLog } from './log.ts';
import { enrolmentToken } from '../credentials.ts';
import { acceptSystem } from '../db/acceptance.ts';
import { closeAttempt } from '../db/attempts.ts';
import { parseMac } from '../domain/identity.ts';
import { INSTALLER_FILES } from '../pxe/installer-files.ts';
import { disguisedAdministratorPassword } from '../pxe/windows/password.ts';
import { API_TOKEN, freshMac, readyImage } from '../test/api.ts';
import { testDatabase } from '../test/database.ts';
import { machinePlanes, nonceOf, setRow } from '../test/planes.ts';
import { createApp } from './app.ts';

const database = testDatabase();

const ADMINISTRATOR = 'Canary-Local-7f3a1c';
const DOMAIN = 'Canary-Domain-5d20b9';
const WRONG = 'Canary-Wrong\u0007Password';

/** All that the database holds, every table, as text. */
async function everyRow(): Promise<string> {
  const pool = database.pool();
  const { rows: tables } = await pool.query<{ name: string }>(
    `select t.tablename as name from pg_tables t where t.schemaname = 'public'`,
  );
  const texts = await Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await pool.query<{ text: string }>(`select to_jsonb(x)::text as text from ${name} x`);
      return rows.map(({ text }) => `${name}: ${text}`);
    }),
  );
  return texts.flat().join('\n');
}

test('no secret of a whole deployment is in the database, the log, or any answer to a person', async () => {
  const logged: string[] = [];
  const log = createLog('debug', { write: (line) => logged.push(line) });
  const planes = machinePlanes(database.pool(), { log });
  const { deps, engine } = planes;
  const app = createApp(deps);
  const answers: string[] = [];
  const asPerson = async (method: 'get' | 'post', path: string, body?: object, key = 'none'): Promise<unknown> => {
    const asked = request(app)
      [method](`/api/v1${path}`)
      .set({ Authorization: `Bearer ${API_TOKEN}` });
    const answer = await (body === undefined ? asked : asked.set('Idempotency-Key', key).send(body));
    answers.push(`${method} ${path}: ${answer.status} ${answer.text} ${JSON.stringify(answer.headers)}`);
    return answer.body;
  };

  // A person asks for it, rightly and wrongly.
  const mac = parseMac(freshMac());
  const wanted = {
    mac,
    imageId: await readyImage(planes, 'windows'),
    hostName: 'canary',
    settings: { domain: { name: 'corp.example.com', account: 'svc-join' } },
    secrets: { administratorPassword: ADMINISTRATOR, domainPassword: DOMAIN },
  };
  await asPerson('post', '/deployments', { ...wanted, secrets: { ...wanted.secrets, administratorPassword: WRONG } });
  await asPerson('post', '/deployments/preview', wanted);
  const { id } = (await asPerson('post', '/deployments', wanted, 'once')) as { id: string };
  expect(answers.at(-1)).toContain('post /deployments: 201');
  await asPerson('post', '/deployments', wanted, 'again');
  await asPerson('post', '/deployments', { ...wanted, hostName: 'other' }, 'once');
  engine.up = false;
  await asPerson('post', `/deployments/${id}/cancellation`, {});
  engine.up = true;
  await setRow(deps.pool, id, { status: 'running' });

  // The machine installs itself, and its tools print what they were called with.
  const nonce = await nonceOf(planes, { mac });
  const exchange = await request(planes.app).post(`/d/${nonce}/exchange`).send({ clientKey: 'client-0001', mac });
  const token = String(exchange.body.token);
  const attempt = await deps.pool.query<{ id: string }>('select a.id from attempts a where a.deployment_id = $1', [id]);
  const enrolment = enrolmentToken(deps.keyring, attempt.rows[0]?.id ?? '');
  const files: string[] = [];
  for (const { name } of INSTALLER_FILES.windows)
    files.push((await request(planes.app).get(`/d/${token}/${name}`).buffer()).text);
  const gossip = `set PASSWORD=${ADMINISTRATOR}& <Value>${disguisedAdministratorPassword(ADMINISTRATOR)}</Value> join /p:${DOMAIN} ${enrolment} ${token} octofleet.nonce=${nonce}`;
  const say = (what: string, body: object | string) =>
    request(planes.app)
      .post(`/d/${token}/${what}`)
      .type(typeof body === 'string' ? 'text' : 'json')
      .send(body);
  await say('wipe-permit', { permitKey: 'permit-0001', disk: 'disk 0' }).expect(200);
  await say('inventory', { model: 'Standard PC' }).expect(202);
  await say('events', { seq: 1, step: 'applying', status: 'started', message: gossip }).expect(202);
  await say('logs?name=setupact.log', `before\n${gossip}\nafter`).expect(202);
  await say('events', { seq: 2, step: 'installed', status: 'done' }).expect(202);

  // Its agent proves it, and somebody tries what is over.
  const agent = { token: enrolment, clientKey: 'agent-0001', hostName: 'canary', macs: [mac], agentVersion: '1.0.0' };
  const enrolled = await request(planes.app).post('/agent/v1/enrol').send(agent).expect(200);
  const deviceKey = String(enrolled.body.deviceKey);
  const os = { family: 'windows', name: 'Windows Server 2025', version: '10.0', edition: 'ServerStandard' };
  const domain = { name: 'corp.example.com', trusted: true };
  const now = Math.round(Date.now() / 1_000);
  const evidence = { agentVersion: '1.0.0', bootId: 'boot-1', hostName: 'canary', macs: [mac], os, domain, now };
  const report = await request(planes.app)
    .post('/agent/v1/report')
    .auth(deviceKey, { type: 'bearer' })
    .send({ seq: 1, evidence: { ...evidence, remoteDesktop: true } });
  expect(report.body).toMatchObject({ verdict: 'verified' });
  await asPerson('get', `/deployments/${id}/preview`);
  await closeAttempt(deps.pool, { deploymentId: id, attempt: 1 });
  expect(await acceptSystem(deps.pool, { deploymentId: id, attempt: 1 })).toBe('accepted');
  await setRow(deps.pool, id, { status: 'succeeded', phase: 'finalising' });
  await say('events', { seq: 3, step: 'late', message: gossip }).expect(409);
  await request(planes.app)
    .post('/agent/v1/enrol')
    .send({ ...agent, clientKey: 'somebody-else' })
    .expect(409);
  await planes.boot.flushVisits();

  const link = new URL(await mintSignInLink(deps));
  const created = await request(app)
    .post('/api/v1/tokens')
    .set({ Authorization: `Bearer ${API_TOKEN}` })
    .send({ name: 'a program' });
  for (const path of ['deployments', 'machines', 'images', 'templates', 'systems', 'tokens', 'assets', 'overview'])
    await asPerson('get', `/${path}`);
  for (const part of ['', '/activity', '/log.txt', '/preview']) await asPerson('get', `/deployments/${id}${part}`);
  await asPerson('get', `/boot/explain?mac=${mac}`);

  const told = { answers: answers.join('\n'), rows: await everyRow(), log: logged.join('') };
  // It would prove nothing if there were nothing to find, or nowhere to find it.
  expect(files.join('')).toContain(disguisedAdministratorPassword(ADMINISTRATOR));
  expect(files.join('')).toContain(DOMAIN);
  expect(told.answers).toContain('before\n');
  expect(told.rows).toContain('octofleet.nonce=****');
  expect(told.log).toContain('a request failed');
  const secrets = {
    ADMINISTRATOR,
    DISGUISED: disguisedAdministratorPassword(ADMINISTRATOR),
    DOMAIN,
    WRONG,
    WRONG_ESCAPED: JSON.stringify(WRONG).slice(1, -1),
    API_TOKEN,
    nonce,
    token,
    enrolment,
    deviceKey,
    signInCode: link.searchParams.get('code') ?? 'none',
    apiToken: String(created.body.token),
  };
  for (const [name, secret] of Object.entries(secrets))
    for (const [place, text] of Object.entries(told))
      expect(text.includes(secret), `${name} is in the ${place}`).toBe(false);
});
