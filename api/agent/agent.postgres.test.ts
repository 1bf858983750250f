import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { enrolmentToken } from '../../credentials.ts';
import { failAbandoned, openDeployments } from '../../db/open-deployments.ts';
import { closedPool } from '../../test/closed-pool.ts';
import { testDatabase } from '../../test/database.ts';
import {
  attemptRow,
  inboxOf,
  machinePlanes,
  nextAttempt,
  runningDeployment,
  setRow,
  timelineOf,
} from '../../test/planes.ts';
import type { Planes, Subject } from '../../test/planes.ts';

const database = testDatabase();

function enrol(planes: Planes, subject: Subject, clientKey = 'agent-0001', token = subject.enrolmentToken) {
  const body = { token, clientKey, hostName: 'web-07', macs: [subject.mac], agentVersion: '1.0.0' };
  return request(planes.app).post('/agent/v1/enrol').send(body);
}

async function enrolled(planes: Planes, subject: Subject): Promise<string> {
  const { body } = await enrol(planes, subject).expect(200);
  return String(body.deviceKey);
}

const evidence = (subject: Subject, changes: object = {}) => ({
  agentVersion: '1.0.0',
  bootId: 'boot-1',
  hostName: 'web-07',
  macs: [subject.mac.toUpperCase(), '00:00:00:00:00:00'],
  os: { family: 'linux', name: 'Debian', version: '12' },
  now: Math.round(Date.now() / 1_000),
  ...changes,
});

function report(planes: Planes, key: string, said: object, seq = 1) {
  return request(planes.app).post('/agent/v1/report').auth(key, { type: 'bearer' }).send({ seq, evidence: said });
}

async function systemOf(planes: Planes, { machineId }: Subject): Promise<Record<string, unknown>> {
  const { rows } = await planes.deps.pool.query<Record<string, unknown>>(
    'select s.* from systems s where s.machine_id = $1',
    [machineId],
  );
  return rows[0] ?? {};
}

describe('enrolment', () => {
  test('proves that the system has started, and gives it a key of its own', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);

    const { body } = await enrol(planes, subject).expect(200);

    expect(body).toEqual({ deviceKey: expect.any(String), systemId: expect.any(String), reportEverySeconds: 30 });
    expect(await inboxOf(planes.deps.pool, subject.attemptId)).toEqual([{ key: 'enrol', fact: 'os-started' }]);
    expect(await attemptRow(planes.deps.pool, subject.attemptId)).toMatchObject({
      os_started_at: expect.any(Date),
      percent: 90,
    });
    expect(await systemOf(planes, subject)).toMatchObject({
      id: body.systemId,
      host_name: 'web-07',
      accepted_at: null,
    });
    expect(await timelineOf(planes.deps.pool, subject.deploymentId)).toContain('agent.enrolled');
  });

  test('repeated by the same agent has the same answer; by another it is refused and told', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const { body } = await enrol(planes, subject).expect(200);

    const again = await enrol(planes, subject).expect(200);
    const thief = await enrol(planes, subject, 'somebody-else').expect(409);

    expect(again.body).toEqual(body);
    expect(thief.body.type).toBe('/problems/credential-replayed');
    expect(await inboxOf(planes.deps.pool, subject.attemptId)).toHaveLength(1);
    expect(await timelineOf(planes.deps.pool, subject.deploymentId)).toContain('agent.enrolment-refused');
  });

  test('by many agents at once succeeds for one', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);

    const all = await Promise.all(
      Array.from({ length: 10 }, (_, index) => enrol(planes, subject, `agent-${index}-key`)),
    );

    expect(all.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
  });

  test('with an invented token is 401, with one of an attempt that is over 409', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    await enrol(planes, subject, 'agent-0001', 'A'.repeat(22)).expect(401);
    await nextAttempt(planes, subject, 2);

    const late = await enrol(planes, subject).expect(409);

    expect(late.body.type).toBe('/problems/stale-attempt');
    expect(await inboxOf(planes.deps.pool, subject.attemptId)).toEqual([]);
  });

  test('gives a key that is worth nothing once the attempt’s disk is to be erased again', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const key = await enrolled(planes, subject);
    await report(planes, key, evidence(subject)).expect(200);
    await nextAttempt(planes, subject, 2);

    await report(planes, key, evidence(subject), 2).expect(401);
  });

  test('gives a key that ends with a deployment whose workflow was terminated', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const key = await enrolled(planes, subject);
    const open = (await openDeployments(planes.deps.pool, -1)).find(
      ({ input }) => input.deploymentId === subject.deploymentId,
    );
    expect(open && (await failAbandoned(planes.deps.pool, open))).toBe(true);

    await report(planes, key, evidence(subject)).expect(401);
  });

  test('of the next deployment of a machine renews its system and voids the key before', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const before = await enrolled(planes, subject);
    await report(planes, before, evidence(subject)).expect(200);
    await nextAttempt(planes, subject, 2);
    const { rows } = await planes.deps.pool.query<{ id: string }>(
      'select a.id from attempts a where a.deployment_id = $1 and a.number = 2',
      [subject.deploymentId],
    );
    const token = enrolmentToken(planes.deps.keyring, rows[0]!.id);

    const { body } = await enrol(planes, subject, 'agent-0002', token).expect(200);

    expect(await inboxOf(planes.deps.pool, rows[0]!.id)).toEqual([{ key: 'enrol', fact: 'os-started' }]);
    expect(await systemOf(planes, subject)).toMatchObject({ id: body.systemId, evidence: null, checks: null });
    await report(planes, before, evidence(subject), 2).expect(401);
    await report(planes, String(body.deviceKey), evidence(subject)).expect(200);
  });

  test('answers a tiny client with the key alone', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);

    const res = await enrol(planes, subject).set('Accept', 'text/plain').expect(200);

    expect(res.text).toMatch(/^[A-Za-z0-9_-]{22}\n$/);
  });
});

describe('a report', () => {
  test('that proves everything ends the waiting: the workflow hears of it once', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const key = await enrolled(planes, subject);

    const { body } = await report(planes, key, evidence(subject)).expect(200);
    await report(planes, key, evidence(subject), 2).expect(200);

    expect(body).toEqual({ verdict: 'verified', failing: [], reportEverySeconds: 300 });
    expect(await inboxOf(planes.deps.pool, subject.attemptId)).toEqual([
      { key: 'enrol', fact: 'os-started' },
      { key: 'fact:agent-verified', fact: 'agent-verified' },
    ]);
    expect(await attemptRow(planes.deps.pool, subject.attemptId)).toMatchObject({
      percent: 98,
      evidence: { hostName: 'web-07', macs: [subject.mac], clockSkewSeconds: expect.any(Number) },
      checks: expect.arrayContaining([{ name: 'mac', verdict: 'pass', expected: subject.mac, found: subject.mac }]),
    });
    const told = (await timelineOf(planes.deps.pool, subject.deploymentId)).filter((kind) => kind === 'agent.reported');
    expect(told).toHaveLength(1);
  });

  test('that fails a check names it, and the deployment goes on waiting', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const key = await enrolled(planes, subject);

    const res = await report(planes, key, evidence(subject, { hostName: 'localhost', leftovers: ['/etc/token'] }));

    expect(res.body).toEqual({ verdict: 'failing', failing: ['host-name', 'leftovers'], reportEverySeconds: 30 });
    expect(await inboxOf(planes.deps.pool, subject.attemptId)).toHaveLength(1);
  });

  test('proves the domain before the rest, where one was promised', async () => {
    const planes = machinePlanes(database.pool());
    const domain = { name: 'corp.example.com', ou: null, account: 'svc-join' };
    const subject = await runningDeployment(planes, { settings: { domain } });
    const key = await enrolled(planes, subject);
    const joined = { domain: { name: 'corp.example.com', trusted: true } };

    await report(planes, key, evidence(subject)).expect(200);
    await report(planes, key, evidence(subject, { ...joined, leftovers: ['x'] }), 2).expect(200);
    await report(planes, key, evidence(subject, joined), 3).expect(200);

    expect((await inboxOf(planes.deps.pool, subject.attemptId)).map(({ fact }) => fact)).toEqual([
      'os-started',
      'domain-joined',
      'agent-verified',
    ]);
  });

  test('that was delayed on its way does not overwrite a later one of the same boot', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const key = await enrolled(planes, subject);
    await report(planes, key, evidence(subject), 5).expect(200);

    await report(planes, key, evidence(subject, { hostName: 'older' }), 4).expect(200);

    expect(await systemOf(planes, subject)).toMatchObject({ host_name: 'web-07' });
    await report(planes, key, evidence(subject, { bootId: 'boot-2', hostName: 'newer' }), 1).expect(200);
    expect(await systemOf(planes, subject)).toMatchObject({ host_name: 'newer' });
  });

  test('after the deployment has ended keeps the system fresh and moves nothing', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const key = await enrolled(planes, subject);
    await setRow(planes.deps.pool, subject.deploymentId, { status: 'succeeded' });

    await report(planes, key, evidence(subject, { agentVersion: '1.1.0' })).expect(200);

    expect(await systemOf(planes, subject)).toMatchObject({ agent_version: '1.1.0' });
    expect(await inboxOf(planes.deps.pool, subject.attemptId)).toHaveLength(1);
  });

  test('of a system whose deployment was deleted is still heard', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const key = await enrolled(planes, subject);
    await planes.deps.pool.query('delete from deployments d where d.id = $1', [subject.deploymentId]);

    await report(planes, key, evidence(subject, { agentVersion: '1.1.0' })).expect(200);

    expect(await systemOf(planes, subject)).toMatchObject({ agent_version: '1.1.0', deployment_id: null });
  });

  test('without a key, with an invented or a revoked one is 401; with the database away 503', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const key = await enrolled(planes, subject);
    const away = machinePlanes(closedPool(), { keyring: planes.deps.keyring });

    await request(planes.app)
      .post('/agent/v1/report')
      .send({ seq: 1, evidence: evidence(subject) })
      .expect(401);
    await report(planes, 'A'.repeat(22), evidence(subject)).expect(401);
    await report(away, key, evidence(subject)).expect(503);
    await planes.deps.pool.query(`update tokens t set revoked_at = now() where t.kind = 'device'`);
    await report(planes, key, evidence(subject)).expect(401);
  });

  test('day-two routes that do not exist yet answer a problem, not a page', async () => {
    const planes = machinePlanes(database.pool());

    const res = await request(planes.app).get('/agent/v1/jobs/next').expect(404);

    expect(res.body.type).toBe('/problems/not-found');
  });
});
