import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import fc from 'fast-check';
import request from 'supertest';
import type { Test } from 'supertest';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '../test/database.ts';
import { boot, machinePlanes, runningDeployment } from '../test/planes.ts';
import type { Planes, Subject } from '../test/planes.ts';
import { machineProblemHandler } from './machine-answer.ts';
import { readText } from './machine-input.ts';
import { createLog } from './log.ts';

/* Whatever arrives: a clear refusal in the client's own language, never a 500, never a changed state. */

const database = testDatabase();
let planes: Planes;
let subject: Subject;
let token: string;

beforeAll(async () => {
  planes = machinePlanes(database.pool());
  subject = await runningDeployment(planes);
  token = await boot(planes, subject);
  // The visit is written later by itself; here it must not look like the doing of a refused request.
  await planes.boot.flushVisits();
});

const post = (path: string, body?: string | object): Test => request(planes.app).post(path).send(body);
const events = (body?: string | object) => post(`/d/${token}/events`, body);

/** Everything that a refused request could have changed. */
async function state(): Promise<unknown> {
  const { rows } = await planes.deps.pool.query(
    `select (select jsonb_agg(to_jsonb(d)) from deployments d) as deployments,
      (select jsonb_agg(to_jsonb(a)) from attempts a) as attempts, (select jsonb_agg(to_jsonb(m)) from machines m) as machines,
      (select count(*) from inbox) as inbox, (select count(*) from log_chunks) as logs,
      (select count(*) from installer_sessions) as sessions, (select count(*) from systems) as systems`,
  );
  return rows[0];
}

describe('bad input is refused with a word and changes nothing', () => {
  test.each<[number, string, () => Test]>([
    [400, 'malformed JSON', () => events('{"seq":1,')],
    [400, 'JSON that is no object', () => events('[1,2,3]').type('json')],
    [400, 'a JSON text', () => events('"hello"').type('json')],
    [400, 'deeply nested JSON', () => events('['.repeat(30_000)).type('json')],
    [400, 'deeply nested JSON in a field', () => events(`{"seq":1,"step":${'['.repeat(9_000)}${']'.repeat(9_000)}}`)],
    [400, 'XML', () => events('<event><seq>1</seq></event>').type('xml')],
    [400, 'nothing at all', () => events()],
    [400, 'an unknown field', () => events({ seq: 1, step: 'applying', colour: 'red' })],
    [400, 'a field of the prototype', () => events('{"seq":1,"step":"applying","__proto__":{"x":1}}')],
    [400, 'a negative number', () => events({ seq: -1, step: 'applying' })],
    [400, 'a number beyond all measure', () => events({ seq: 1e300, step: 'applying' })],
    [400, 'a truth value for a number', () => events({ seq: true, step: 'applying' })],
    [400, 'a list for a number', () => events({ seq: 1, step: 'applying', percent: [] })],
    [400, 'nothing for a number', () => post(`/d/${token}/inventory`, { memoryMiB: null })],
    [400, 'percent over 100', () => events({ seq: 1, step: 'applying', percent: 101 })],
    [400, 'a step with a line break', () => events({ seq: 1, step: 'applying\n' })],
    [400, 'a step with quotes', () => events({ seq: 1, step: `x'";--` })],
    [400, 'a step with a control character', () => events({ seq: 1, step: 'x\u0000' })],
    [400, 'an over-long message', () => events({ seq: 1, step: 'x', message: 'm'.repeat(2_001) })],
    [413, 'a body of 1 MB', () => events(`seq=1&step=x&message=${'m'.repeat(1_000_000)}`)],
    [413, 'a log of 2 MB', () => post(`/d/${token}/logs`, 'x'.repeat(2_000_000)).type('text')],
    [400, 'a log with a path for a name', () => post(`/d/${token}/logs?name=../../etc/passwd`, 'x').type('text')],
    [415, 'a compressed body', () => events('x').set('Content-Encoding', 'gzip')],
    [401, 'an unknown token', () => post('/d/nobody/events', { seq: 1, step: 'x' })],
    [401, 'a token with a wrong letter', () => post(`/d/${token.slice(0, -2)}AA/events`, { seq: 1, step: 'x' })],
    [401, 'a token with a blank', () => post(`/d/${token}%20/events`, { seq: 1, step: 'x' })],
    [401, 'a token where a nonce belongs', () => post(`/d/${token}/exchange`, { clientKey: 'client-0001' })],
    [400, 'an escape that is none', () => post('/d/%zz/events', { seq: 1, step: 'x' })],
    [404, 'an address that leads up', () => request(planes.app).get(`/d/${token}/%2e%2e%2fetc%2fpasswd`)],
    [404, 'a file that is none', () => request(planes.app).get(`/d/${token}/constructor`)],
    [404, 'a GET where one posts', () => request(planes.app).get(`/d/${token}/events`)],
    [405, 'a PUT', () => request(planes.app).put(`/d/${token}/events`).send({})],
    [405, 'a DELETE', () => request(planes.app).delete(`/d/${token}/agent.conf`)],
    [400, 'a permit without a key', () => post(`/d/${token}/wipe-permit`)],
    [400, 'a permit key of one letter', () => post(`/d/${token}/wipe-permit`, { permitKey: 'x' })],
    [400, 'an inventory with a UUID that is none', () => post(`/d/${token}/inventory`, { smbiosUuid: 'Not Settable' })],
    [400, 'an inventory of negative memory', () => post(`/d/${token}/inventory`, { memoryMiB: -1 })],
    [400, 'an enrolment without a token', () => post('/agent/v1/enrol', { hostName: 'x' })],
    [
      400,
      'an enrolment with a thousand cards',
      () => post('/agent/v1/enrol', { ...enrolment(), macs: Array(1_000).fill('x') }),
    ],
    [
      401,
      'an enrolment with a token of quotes',
      () => post('/agent/v1/enrol', { ...enrolment(), token: `'";--`.repeat(9) }),
    ],
    [401, 'a report with a key of nonsense', () => post('/agent/v1/report', {}).set('Authorization', 'Bearer "\';--')],
    [405, 'a PUT to the agent plane', () => request(planes.app).put('/agent/v1/report')],
  ])('%i: %s', async (status, _what, send) => {
    const before = await state();

    const res = await send();

    expect(res.status).toBe(status);
    expect(res.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(res.body).toMatchObject({ type: expect.any(String), title: expect.any(String), status });
    expect(await state()).toEqual(before);
  });

  test('a tiny client gets one line of text', async () => {
    const res = await events({ seq: 0, step: 'x y' }).set('Accept', 'text/plain').expect(400);

    expect(res.text).toMatch(/^ERROR invalid-request: [^\n]*\/seq [^\n]*\/step [^\n]*\n$/);
  });

  test('any bytes at all as a body are never a 500', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(`/d/${token}/events`, `/d/${token}/wipe-permit`, `/d/${token}/inventory`, '/agent/v1/enrol'),
        fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.webQueryParameters()),
        async (path, body) => {
          const { status } = await post(path, body).type('application/octet-stream');

          expect(status).toBeLessThan(500);
        },
      ),
      { numRuns: 150 },
    );
  });
});

const enrolment = () => ({
  token: 'A'.repeat(22),
  clientKey: 'agent-0001',
  hostName: 'x',
  macs: ['x'],
  agentVersion: '1',
});

describe('what machines say for people', () => {
  test('may hold anything, and is kept as text that a database and a page can hold', async () => {
    const message = `a\u0000b\u001b[31m"'<script>\ud800 äöü \u202e %s \\`;

    await events(JSON.stringify({ seq: 90, step: 'applying', status: 'failed', message })).expect(202);

    const { rows } = await planes.deps.pool.query(
      `select e.message from events e where e.deployment_id = $1 and e.level = 'error'`,
      [subject.deploymentId],
    );
    expect(rows).toEqual([{ message: `a\ufffdb\ufffd[31m"'<script>\ufffd äöü \u202e %s \\` }]);
  });
});

describe('a slow client', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  test('that drips its body is told that its time is up, and let go', async () => {
    const app = express();
    app.post('/slow', async (req, res) => void res.send(await readText(req, { bytes: 1_000, withinMs: 50 })));
    app.use(machineProblemHandler(createLog('silent')));
    server = createServer(app);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nseq=');

    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });
});
