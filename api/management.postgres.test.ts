import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import request from 'supertest';
import { beforeAll, describe, expect, test } from 'vitest';
import { API_TOKEN, freshMac, readyImage, testApi } from '../test/api.ts';
import type { TestApi } from '../test/api.ts';
import { testDatabase } from '../test/database.ts';
import { jsonBody } from './http/json-body.ts';
import { createLog } from './log.ts';
import { problemHandler } from './problem.ts';

const database = testDatabase();
let api: TestApi;
let imageId: string;
let machineId: string;
let deploymentId: string;

beforeAll(async () => {
  api = testApi(database.pool());
  imageId = await readyImage(api);
  const made = await api.as('post', '/api/v1/deployments').send({ mac: freshMac(), imageId });
  ({ id: deploymentId, machineId } = made.body as { id: string; machineId: string });
});

const NASTY: readonly string[] = [
  '\u0000',
  'line\nbreak',
  'tab\tinside',
  '\u001b[2J',
  '\u0085next line',
  '\u2028separator',
  '\ud800',
  '"; drop table machines; --',
  `'$(reboot)'`,
  '<script>alert(1)</script>',
  '${net0/mac}',
  '%PATH%',
  '../../etc/passwd',
  '%2e%2e%2f',
  '{{7*7}}',
  'ｆｕｌｌｗｉｄｔｈ',
  '🐙'.repeat(60),
  'x'.repeat(60_000),
  '',
];

/** Where text of strangers can stand. Each is a function of the text, so that the table has all crossings. */
const PLACES: readonly [string, (text: string) => request.Test][] = [
  ['a deployment’s MAC', (text) => post('/deployments', { mac: text, imageId })],
  ['a deployment’s host name', (text) => post('/deployments', { mac: freshMac(), imageId, hostName: text })],
  ['a deployment’s locale', (text) => post('/deployments', { mac: freshMac(), imageId, settings: { locale: text } })],
  [
    'a deployment’s disk',
    (text) => post('/deployments/preview', { mac: freshMac(), imageId, settings: { diskSerial: text } }),
  ],
  [
    'a deployment’s domain',
    (text) =>
      post('/deployments/preview', {
        mac: freshMac(),
        imageId,
        settings: { domain: { name: text, ou: text, account: text } },
      }),
  ],
  [
    'a deployment’s password',
    (text) => post('/deployments/preview', { mac: freshMac(), imageId, secrets: { administratorPassword: text } }),
  ],
  ['a field that nobody knows', (text) => post('/deployments', { mac: freshMac(), imageId, [text]: 1 })],
  ['a machine’s name', (text) => post('/machines', { name: text, macs: [freshMac()] })],
  ['a machine’s serial', (text) => post('/machines', { serial: text, macs: [freshMac()] })],
  ['a machine’s UUID', (text) => post('/machines', { smbiosUuid: text, macs: [freshMac()] })],
  ['a machine’s MAC', (text) => post('/machines', { macs: [text] })],
  ['a template’s name', (text) => post('/templates', { name: text })],
  [
    'a template’s account',
    (text) => post('/templates', { name: `t${Math.random()}`, settings: { domain: { name: 'a.b', account: text } } }),
  ],
  ['an image’s name', (text) => patch(`/images/${imageId}`, { name: text })],
  ['a token’s name', (text) => post('/tokens', { name: text })],
  ['a reason', (text) => post(`/deployments/${deploymentId}/failures`, { reason: text })],
  ['a sign-in name', (text) => post('/session', { name: text, password: 'x' })],
  ['a sign-in code', (text) => post('/session', { code: text.padEnd(16, '-') })],
  ['a search for deployments', (text) => get('/deployments').query({ q: text.slice(0, 8_000) })],
  ['a search for machines', (text) => get('/machines').query({ q: text.slice(0, 8_000) })],
  ['a cursor', (text) => get('/deployments').query({ cursor: text.slice(0, 8_000) })],
  [
    'a place inside a cursor',
    (text) =>
      get('/deployments').query({
        sort: 'hostName',
        cursor: Buffer.from(JSON.stringify(['hostName', text.slice(0, 60), deploymentId])).toString('base64url'),
      }),
  ],
  ['a status', (text) => get('/deployments').query({ status: text.slice(0, 8_000) })],
  ['a path', (text) => get(`/deployments/${encodeURIComponent(wellFormed(text)).slice(0, 8_000)}`)],
  ['an address to explain', (text) => get('/boot/explain').query({ mac: text.slice(0, 8_000) })],
  [
    'a file’s name',
    (text) => post(`/assets?role=image&name=${encodeURIComponent(wellFormed(text)).slice(0, 8_000)}`, {}),
  ],
  ['a place in the stream', (text) => get('/stream').query({ after: `x${text.slice(0, 8_000)}` })],
];

function post(path: string, body: object): request.Test {
  return api.as('post', `/api/v1${path}`).send(body);
}
function patch(path: string, body: object): request.Test {
  return api.as('patch', `/api/v1${path}`).send(body);
}
function get(path: string): request.Test {
  return api.as('get', `/api/v1${path}`);
}
function wellFormed(text: string): string {
  return text.replaceAll(/[\ud800-\udfff]/g, '');
}

/** Everything that would show a change to what was there before: the deployment, its machine, its image’s content. */
async function state(): Promise<unknown> {
  const { rows } = await database.pool().query(
    `select d.status, d.phase, d.rev, d.settings, m.name, m.blocked, i.asset_sha256
      from deployments d join machines m on m.id = d.machine_id join images i on i.id = d.image_id
      where d.id = $1 and m.id = $2`,
    [deploymentId, machineId],
  );
  return rows;
}

describe('text of strangers', () => {
  test.each(PLACES)('in %s never breaks anything', async (_place, send) => {
    const before = await state();

    for (const text of NASTY) {
      const answer = await send(text);

      expect(answer.status, `${JSON.stringify(text.slice(0, 40))}: ${answer.text}`).toBeLessThan(500);
      if (answer.status >= 400) expect(answer.headers['content-type']).toContain('application/problem+json');
    }
    expect(await state()).toEqual(before);
  });
});

describe('bodies', () => {
  const send = (type: string, body: string) => api.as('post', '/api/v1/machines').set('Content-Type', type).send(body);

  test.each([
    ['text/plain', '{"macs":["52:54:00:00:00:01"]}', 415],
    ['application/x-www-form-urlencoded', 'macs=52:54:00:00:00:01', 415],
    ['multipart/form-data; boundary=x', '--x--', 415],
    ['application/json', '{"macs":', 400],
    ['application/json', '"text"', 400],
    ['application/json', 'null', 400],
    ['application/json', '[]', 400],
    ['application/json', '{"__proto__":{"macs":["52:54:00:00:00:01"]}}', 400],
    ['application/json', '['.repeat(60_000), 400],
    ['application/json; charset=klingon', '{}', 415],
    ['application/json; charset=utf-16', '{}', 415],
    ['application/json', JSON.stringify({ name: 'x'.repeat(1024 * 1024) }), 413],
  ])('of type %s are refused (%#)', async (type, body, status) => {
    const answer = await send(type, body);

    expect(answer.status, answer.text).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  test('with bytes that are no UTF-8 are refused, not mended', async () => {
    const body = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    const app = express().use(
      jsonBody(),
      (req: express.Request, res: express.Response) => void res.json(req.body),
      problemHandler(createLog('silent')),
    );

    const answer = await request(app)
      .post('/')
      .type('application/json')
      .serialize((bytes: unknown) => bytes as string)
      .send(body);

    expect(answer.status).toBe(400);
    expect(answer.body.detail).toBe('The body is not valid UTF-8.');
  });

  test('that were compressed to be small are refused', async () => {
    const answer = await api
      .as('post', '/api/v1/machines')
      .set({ 'Content-Type': 'application/json', 'Content-Encoding': 'zip' })
      .send('{}');

    expect(answer.status).toBe(415);
  });

  test('that arrive a byte at a time are not waited for', async () => {
    const app = express().use(jsonBody({ withinMs: 50 }), problemHandler(createLog('silent')));
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const slow = httpRequest({
      port: (server.address() as AddressInfo).port,
      host: '127.0.0.1',
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': '1000' },
    });
    slow.write('{');

    const [response] = (await once(slow, 'response')) as [{ statusCode: number; headers: Record<string, string> }];

    expect(response.statusCode).toBe(408);
    expect(response.headers['connection']).toBe('close');
    slow.destroy();
    server.close();
  });
});

describe('methods and addresses', () => {
  test.each([
    ['put', '/api/v1/deployments', 'GET, HEAD, POST'],
    ['patch', '/api/v1/session/password', 'PUT'],
    ['get', '/api/v1/demo', 'DELETE'],
    ['post', '/api/v1/overview', 'GET, HEAD'],
    ['post', '/api/v1/machines/00000000-0000-4000-8000-000000000000', 'DELETE, GET, HEAD, PATCH'],
  ] as const)('%s %s is 405 and says what is allowed', async (method, path, allow) => {
    const answer = await api.as(method, path);

    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe(allow);
  });

  test.each(['/api/v1/nothing', '/api/v1/', '/api/v1/deployments/%2e%2e/%2e%2e/etc/passwd', '/api/v1/%2e%2e/healthz'])(
    '%s is 404',
    async (path) => {
      expect((await api.as('get', path)).status).toBe(404);
    },
  );

  test('that cannot be decoded are 400', async () => {
    expect((await api.as('get', '/api/v1/deployments/%zz')).status).toBe(400);
  });

  test('with two values for one word are refused or read, never an error', async () => {
    for (const query of [
      'limit=1&limit=2',
      'q=a&q=b',
      'status=queued&status=failed',
      'sort=',
      'limit=0',
      'limit=1e3',
      'x=1',
    ])
      expect((await api.as('get', `/api/v1/deployments?${query}`)).status, query).toBe(400);
  });
});

describe('headers', () => {
  test.each([
    { Authorization: `Basic ${API_TOKEN}` },
    { Authorization: `Bearer ${API_TOKEN}x` },
    { Authorization: 'Bearer ' },
    { Authorization: `Bearer ${'x'.repeat(5_000)}` },
    { Cookie: 'octofleet_session' },
    { Cookie: `octofleet_session=${'x'.repeat(5_000)}` },
    { Cookie: 'octofleet_session=%00; octofleet_session=x' },
  ])('%j sign nobody in', async (headers) => {
    expect((await request(api.app).get('/api/v1/machines').set(headers)).status).toBe(401);
  });

  test('keep answers out of caches and frames', async () => {
    const { headers } = await api.as('get', '/api/v1/machines');

    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
    });
    expect(headers['x-powered-by']).toBeUndefined();
  });
});
