import request from 'supertest';
import { beforeEach, describe, expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import { API_TOKEN, PUBLIC_URL, freshMac, testApi } from '../../test/api.ts';
import type { TestApi } from '../../test/api.ts';
import { mintSignInLink, needsSignInLink } from '../auth/sign-in-link.ts';
import { identify } from '../auth/authenticate.ts';

const database = testDatabase();
const PASSWORD = 'correct horse battery staple';
const path = '/api/v1/session';
let api: TestApi;

beforeEach(async () => {
  await database.pool().query('delete from tokens; delete from user_sessions; delete from users');
  api = testApi(database.pool());
});

function post(url: string, body: object, headers: Record<string, string> = {}): request.Test {
  return request(api.app).post(url).set(headers).send(body);
}

async function newCode(): Promise<string> {
  return new URL(await mintSignInLink(api.deps)).searchParams.get('code') ?? '';
}

/** Signs in by link and answers with the cookie, as a browser would send it. */
async function signIn(): Promise<string> {
  const answer = await post(path, { code: await newCode() });
  expect(answer.status, answer.text).toBe(201);
  return cookieOf(answer);
}

function cookieOf(answer: request.Response): string {
  const [cookie = ''] = answer.get('Set-Cookie') ?? [];
  return cookie.split(';')[0] ?? '';
}

async function withPassword(): Promise<string> {
  const cookie = await signIn();
  const answer = await request(api.app).put(`${path}/password`).set('Cookie', cookie).send({ password: PASSWORD });
  expect(answer.status, answer.text).toBe(200);
  return cookieOf(answer);
}

async function addUser(role: string): Promise<string> {
  const pool = database.pool();
  await pool.query(`insert into users (name, role) values ($1, $1)`, [role]);
  const hash = `sha256('${role}-session'::bytea)`;
  await pool.query(
    `insert into user_sessions (user_name, hash, expires_at) values ($1, ${hash}, now() + interval '1 hour')`,
    [role],
  );
  return `octofleet_session=${role}-session`;
}

describe('the sign-in link', () => {
  test('signs in once', async () => {
    const code = await newCode();

    const first = await post(path, { code });
    const second = await post(path, { code });

    expect(first.status).toBe(201);
    expect(first.body).toEqual({ name: 'admin', role: 'administrator', passwordSet: false });
    expect(second.status).toBe(401);
    expect(second.body.type).toBe('/problems/credential-rejected');
  });

  test('is void once there is a newer one, or when it is a day old', async () => {
    const early = await newCode();
    const late = await newCode();
    await database
      .pool()
      .query(`update tokens t set expires_at = now() where t.used_at is null and t.revoked_at is null`);

    expect((await post(path, { code: early })).status).toBe(401);
    expect((await post(path, { code: late })).status).toBe(401);
  });

  test('is void once its user has a password', async () => {
    const cookie = await signIn();
    const code = await newCode();
    await request(api.app).put(`${path}/password`).set('Cookie', cookie).send({ password: PASSWORD }).expect(200);

    expect((await post(path, { code })).status).toBe(401);
  });

  test('is asked for until an administrator has a password', async () => {
    expect(await needsSignInLink(api.deps)).toBe(true);
    await withPassword();
    expect(await needsSignInLink(api.deps)).toBe(false);
  });

  test('can be used by one of many at the same time', async () => {
    const code = await newCode();

    const answers = await Promise.all(Array.from({ length: 8 }, () => post(path, { code })));

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });
});

describe('a session', () => {
  test('has a cookie that scripts cannot read and other sites do not send', async () => {
    const answer = await post(path, { code: await newCode() });

    expect(String(answer.headers['set-cookie'])).toMatch(
      /^octofleet_session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax$/,
    );
  });

  test('is bound to the host and to TLS where browsers use https', async () => {
    api = testApi(database.pool(), { publicUrl: 'https://octofleet.example' });

    const answer = await post(path, { code: await newCode() });

    expect(String(answer.headers['set-cookie'])).toMatch(
      /^__Host-octofleet_session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(answer.headers['strict-transport-security']).toBeDefined();
  });

  test('lets one in, and nobody after signing out', async () => {
    const cookie = await signIn();

    expect((await request(api.app).get(path).set('Cookie', cookie)).body.name).toBe('admin');
    expect((await request(api.app).delete(path).set('Cookie', cookie)).status).toBe(204);
    expect((await request(api.app).get(path).set('Cookie', cookie)).status).toBe(401);
  });

  test.each([`expires_at = now()`, `last_used_at = now() - interval '13 hours'`])('ends with %s', async (change) => {
    const cookie = await signIn();
    await database.pool().query(`update user_sessions s set ${change}`);

    expect((await request(api.app).get(path).set('Cookie', cookie)).status).toBe(401);
  });

  test('does not help whoever also sends a wrong token', async () => {
    const cookie = await signIn();

    const answer = await request(api.app)
      .get(path)
      .set({ Cookie: cookie, Authorization: 'Bearer wrong-wrong-wrong-wrong' });

    expect(answer.status).toBe(401);
  });
});

describe('a password', () => {
  test('signs in, and nothing like it does', async () => {
    await withPassword();

    expect((await post(path, { name: 'admin', password: PASSWORD })).status).toBe(201);
    expect((await post(path, { password: PASSWORD })).status).toBe(201);
    for (const body of [
      { name: 'admin', password: `${PASSWORD} ` },
      { name: 'Admin', password: PASSWORD },
      { name: 'nobody', password: PASSWORD },
    ]) {
      const answer = await post(path, body);
      expect(answer.status).toBe(401);
      expect(answer.body.type).toBe('/problems/wrong-password');
    }
  });

  test('ends every other session when it changes, and is asked for before it does', async () => {
    const first = await withPassword();
    const second = cookieOf(await post(path, { name: 'admin', password: PASSWORD }));
    const change = (body: object) => request(api.app).put(`${path}/password`).set('Cookie', second).send(body);

    const wrong = await change({ current: 'not it at all', password: 'another long password' });
    const right = await change({ current: PASSWORD, password: 'another long password' });

    expect(wrong.status).toBe(401);
    expect(wrong.body.errors[0].pointer).toBe('/current');
    expect(right.status).toBe(200);
    expect((await request(api.app).get(path).set('Cookie', first)).status).toBe(401);
    expect((await request(api.app).get(path).set('Cookie', second)).status).toBe(401);
    expect((await request(api.app).get(path).set('Cookie', cookieOf(right))).status).toBe(200);
  });

  test('cannot be guessed for long', async () => {
    await withPassword();
    for (let i = 0; i < 10; i += 1) await post(path, { name: 'admin', password: `guess ${i}` });

    const answer = await post(path, { name: 'ADMIN', password: PASSWORD });

    expect(answer.status).toBe(429);
    expect(answer.body.type).toBe('/problems/too-many-tries');
  });

  test('that was guessed wrongly from one address does not lock out another', async () => {
    const from = (address: string) => post(path, { code: 'not-a-code-of-ours' }, { 'x-forwarded-for': address });
    for (let i = 0; i < 50; i += 1) expect((await from('192.0.2.1')).status).toBe(401);

    expect((await from('192.0.2.1')).status).toBe(429);
    expect((await from('192.0.2.2')).status).toBe(401);
  });

  test('is nothing that a token could have', async () => {
    const answer = await api.as('put', `${path}/password`).send({ password: PASSWORD });

    expect(answer.status).toBe(403);
  });
});

describe('another site', () => {
  const write = (cookie: string, headers: Record<string, string>) =>
    request(api.app)
      .post('/api/v1/machines')
      .set({ Cookie: cookie, ...headers })
      .send({ macs: [freshMac()] });

  test.each<[Record<string, string>, number]>([
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'same-origin' }, 201],
    [{ 'sec-fetch-site': 'none' }, 201],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: PUBLIC_URL }, 201],
    [{ origin: 'http://deploy.example:8080', host: 'deploy.example:8080' }, 201],
    [{ origin: 'http://deploy.example:8080', 'x-forwarded-host': 'deploy.example:8080' }, 201],
    [{ 'sec-fetch-site': 'cross-site', origin: PUBLIC_URL }, 403],
    [{}, 201],
  ])('that sends %j gets %i', async (headers, status) => {
    const cookie = await signIn();

    const answer = await write(cookie, headers);

    expect(answer.status, answer.text).toBe(status);
  });

  test('cannot sign anybody in either', async () => {
    const answer = await post(path, { code: await newCode() }, { 'sec-fetch-site': 'cross-site' });

    expect(answer.status).toBe(403);
  });

  test('may link to us', async () => {
    const cookie = await signIn();

    const answer = await request(api.app)
      .get('/api/v1/machines')
      .set({ Cookie: cookie, 'sec-fetch-site': 'cross-site' });

    expect(answer.status).toBe(200);
  });
});

describe('roles', () => {
  test.each([
    ['viewer', 'get', '/api/v1/machines', 200],
    ['viewer', 'post', '/api/v1/machines', 403],
    ['viewer', 'delete', '/api/v1/demo', 403],
    ['viewer', 'post', '/api/v1/assets?role=image&name=x', 403],
    ['viewer', 'delete', '/api/v1/session', 204],
    ['operator', 'post', '/api/v1/machines', 400],
    ['operator', 'get', '/api/v1/tokens', 403],
    ['operator', 'post', '/api/v1/tokens', 403],
    ['operator', 'delete', '/api/v1/demo', 403],
    ['administrator', 'get', '/api/v1/tokens', 200],
    ['administrator', 'delete', '/api/v1/demo', 204],
  ] as const)('%s may or may not %s %s (%i)', async (role, method, url, status) => {
    const cookie = await addUser(role);

    const answer = await request(api.app)[method](url).set('Cookie', cookie);

    expect(answer.status, answer.text).toBe(status);
  });
});

describe('an API token', () => {
  test('is shown once, kept as a digest, and counts until it is revoked', async () => {
    const created = await api.as('post', '/api/v1/tokens').send({ name: 'inventory', days: null });
    const token = String(created.body.token);
    const use = () => request(api.app).get('/api/v1/machines').set('Authorization', `Bearer ${token}`);

    expect(token).toMatch(/^octo_[A-Za-z0-9_-]{43}$/);
    expect((await use()).status).toBe(200);
    const list = await api.as('get', '/api/v1/tokens');
    expect(list.text).not.toContain(token);
    expect(list.body.items).toMatchObject([{ name: 'inventory', hint: token.slice(0, 9), expiresAt: null }]);
    const { rows } = await database.pool().query(`select t.*::text as row from tokens t`);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect((await api.as('delete', `/api/v1/tokens/${String(created.body.id)}`)).status).toBe(204);
    expect((await use()).status).toBe(401);
    expect((await api.as('delete', `/api/v1/tokens/${String(created.body.id)}`)).status).toBe(404);
  });

  test('has the rights of whoever made it, and none once they are gone', async () => {
    const cookie = await addUser('administrator');
    const made = await request(api.app).post('/api/v1/tokens').set('Cookie', cookie).send({ name: 'mine' });
    const use = () =>
      request(api.app)
        .get('/api/v1/tokens')
        .set('Authorization', `Bearer ${String(made.body.token)}`);

    expect((await use()).status).toBe(200);
    await database.pool().query(`update users u set role = 'viewer' where u.name = 'administrator'`);
    expect((await use()).status).toBe(403);
    await database.pool().query(`delete from users u where u.name = 'administrator'`);
    expect((await use()).status).toBe(401);
  });

  test('expires', async () => {
    const made = await api.as('post', '/api/v1/tokens').send({ name: 'short', days: 1 });
    await database.pool().query(`update tokens t set expires_at = now()`);

    const answer = await request(api.app)
      .get(path)
      .set('Authorization', `Bearer ${String(made.body.token)}`);

    expect(answer.status).toBe(401);
  });

  test('of the environment may be several', async () => {
    const deps = { ...api.deps, apiToken: ['first-first-first-1', 'second-second-second'] };
    const as = (token: string) => identify(deps, { headers: { authorization: `Bearer ${token}` } });

    expect(await as('second-second-second')).toMatchObject({ role: 'administrator' });
    expect(await as(API_TOKEN)).toBeUndefined();
  });
});
