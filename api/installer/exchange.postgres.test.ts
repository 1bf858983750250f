import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { nonceFor } from '../../credentials.ts';
import { testDatabase } from '../../test/database.ts';
import {
  attemptRow,
  boot,
  bootScript,
  inboxOf,
  machinePlanes,
  nextAttempt,
  nonceOf,
  runningDeployment,
  setRow,
  timelineOf,
} from '../../test/planes.ts';
import type { Planes } from '../../test/planes.ts';

const database = testDatabase();

const exchange = (planes: Planes, nonce: string, clientKey: string) =>
  request(planes.app).post(`/d/${nonce}/exchange`).send({ clientKey });

describe('exchanging the nonce of a boot script', () => {
  test('answers with a token, tells the workflow that the machine has booted, and shows it', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);

    const res = await exchange(planes, await nonceOf(planes, subject), 'client-0001').expect(200);

    expect(res.body).toEqual({ token: expect.any(String), deploymentId: subject.deploymentId, attempt: 1 });
    expect(res.headers['cache-control']).toBe('no-store');
    expect(await inboxOf(planes.deps.pool, subject.attemptId)).toEqual([{ key: 'exchange', fact: 'booted' }]);
    expect(await attemptRow(planes.deps.pool, subject.attemptId)).toMatchObject({
      exchanges: 1,
      booted_at: expect.any(Date),
      percent: 4,
    });
    expect(await timelineOf(planes.deps.pool, subject.deploymentId)).toContain('installer.started');
  });

  test('repeated by the same client, whose answer was lost, answers with the same token and counts once', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const nonce = await nonceOf(planes, subject);

    const [first, second] = [
      await exchange(planes, nonce, 'client-0001'),
      await exchange(planes, nonce, 'client-0001'),
    ];

    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
    expect(await inboxOf(planes.deps.pool, subject.attemptId)).toHaveLength(1);
  });

  test('by many copies of one client at once opens one session', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const nonce = await nonceOf(planes, subject);

    const all = await Promise.all(Array.from({ length: 10 }, () => exchange(planes, nonce, 'client-0001')));

    expect(new Set(all.map((res) => `${res.status} ${res.body.token}`)).size).toBe(1);
    expect((await attemptRow(planes.deps.pool, subject.attemptId))['exchanges']).toBe(1);
  });

  test('replayed by a second party freezes the attempt: nobody goes on, the deployment is told', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const nonce = await nonceOf(planes, subject);
    const { body } = await exchange(planes, nonce, 'the-machine');

    const thief = await exchange(planes, nonce, 'somebody-else').expect(409);
    await exchange(planes, nonce, 'somebody-else').expect(409);

    expect(thief.body.type).toBe('/problems/credential-replayed');
    expect(await inboxOf(planes.deps.pool, subject.attemptId)).toEqual([
      { key: 'exchange', fact: 'booted' },
      { key: 'frozen', fact: 'frozen' },
    ]);
    await request(planes.app).post(`/d/${body.token}/wipe-permit`).send({ permitKey: 'permit-01' }).expect(409);
    expect(await bootScript(planes, subject.mac)).toContain('stopped for safety');
    expect(await timelineOf(planes.deps.pool, subject.deploymentId)).toContain('nonce.replayed');
  });

  test('with the nonce of a boot after a power cycle fences the session before', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const before = await boot(planes, subject, 'first-life');

    const after = await boot(planes, subject, 'second-life');

    const event = { seq: 1, step: 'preflight', status: 'started' };
    await request(planes.app).post(`/d/${before}/events`).send(event).expect(409);
    await request(planes.app).post(`/d/${after}/events`).send(event).expect(202);
    expect(await timelineOf(planes.deps.pool, subject.deploymentId)).toContain('callback.refused');
  });

  test.each([
    ['the disk was erased', `update attempts set wipe_granted_at = now(), wipe_key = 'x' where id = $1`],
    ['the attempt was closed', 'update attempts set closed_at = now() where id = $1'],
    ['the attempt was frozen', 'update attempts set frozen_at = now() where id = $1'],
    [
      'the machine was blocked',
      `update machines set blocked = true where id = (select d.machine_id from deployments d join attempts a on a.deployment_id = d.id where a.id = $1)`,
    ],
  ])('is refused once %s', async (_why, sql) => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const nonce = await nonceOf(planes, subject);
    await planes.deps.pool.query(sql, [subject.attemptId]);

    const res = await exchange(planes, nonce, 'client-0001').expect(409);

    expect(res.body.type).toBe('/problems/stale-attempt');
    expect(await inboxOf(planes.deps.pool, subject.attemptId)).toEqual([]);
  });

  test('of an attempt before the current one, or of a deployment that has ended, is refused and changes nothing', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const old = await nonceOf(planes, subject);
    await nextAttempt(planes, subject, 2);
    const current = await nonceOf(planes, subject);

    await exchange(planes, old, 'client-0001').expect(409);
    await setRow(planes.deps.pool, subject.deploymentId, { status: 'cancelled' });
    await exchange(planes, current, 'client-0001').expect(409);

    expect(await inboxOf(planes.deps.pool, subject.attemptId)).toEqual([]);
  });

  test('with an invented nonce is 401; with one that was never handed out, or of a deleted deployment, 409', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const { keyring } = planes.deps;

    await exchange(planes, 'A'.repeat(46), 'client-0001').expect(401);
    await exchange(planes, 'nonsense', 'client-0001').expect(401);
    await exchange(planes, nonceFor(keyring, { attemptId: subject.attemptId, ordinal: 9 }), 'client-0001').expect(409);
    const gone = nonceFor(keyring, { attemptId: '00000000-0000-4000-8000-000000000000', ordinal: 1 });
    await exchange(planes, gone, 'client-0001').expect(409);
  });

  test('after the system is on the disk a copied script can stop nothing any more', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const nonce = await nonceOf(planes, subject);
    const { body } = await exchange(planes, nonce, 'the-machine');
    await request(planes.app).post(`/d/${body.token}/events`).send({ seq: 1, step: 'installed', status: 'done' });

    const thief = await exchange(planes, nonce, 'somebody-else').expect(409);

    expect(thief.body.type).toBe('/problems/stale-attempt');
    expect((await attemptRow(planes.deps.pool, subject.attemptId))['frozen_at']).toBeNull();
  });

  test('answers a client without Accept, as busybox is, with the token alone', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const nonce = await nonceOf(planes, subject);

    const res = await request(planes.app)
      .post(`/d/${nonce}/exchange`)
      .set('User-Agent', 'Wget')
      .unset('Accept')
      .type('form')
      .send('clientKey=client-0001&mac=52%3A54%3A00%3A00%3A00%3A01&firmware=pcbios')
      .expect(200);

    expect(res.headers['content-type']).toMatch(/^text\/plain/);
    expect(res.text).toMatch(/^[A-Za-z0-9_-]{43}\n$/);
  });
});
