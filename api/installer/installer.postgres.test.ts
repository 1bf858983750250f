import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { closedPool } from '../../test/closed-pool.ts';
import { testDatabase } from '../../test/database.ts';
import {
  PASSWORD,
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

const say = (planes: Planes, token: string, event: object) =>
  request(planes.app).post(`/d/${token}/events`).send(event);
const ask = (planes: Planes, token: string, permitKey: string) =>
  request(planes.app).post(`/d/${token}/wipe-permit`).send({ permitKey });

async function installing(planes: Planes) {
  const subject = await runningDeployment(planes);
  return { ...subject, token: await boot(planes, subject) };
}

describe('the wipe permit', () => {
  test('is granted to one of fifty who ask at once, and to that one again', async () => {
    const planes = machinePlanes(database.pool());
    const { token, attemptId, deploymentId } = await installing(planes);
    const keys = Array.from({ length: 50 }, (_, index) => `permit-${index}-key`);

    const answers = await Promise.all(keys.map((key) => ask(planes, token, key).set('Accept', 'text/plain')));

    const granted = answers.flatMap((res, index) => (res.text === 'GRANT\n' ? [keys[index]!] : []));
    expect(granted).toHaveLength(1);
    expect(answers.filter(({ status, text }) => status === 409 && text.startsWith('DENY '))).toHaveLength(49);
    await ask(planes, token, granted[0]!).expect(200, { answer: 'GRANT' });
    expect((await inboxOf(planes.deps.pool, attemptId)).filter(({ fact }) => fact === 'wipe-granted')).toHaveLength(1);
    expect(await timelineOf(planes.deps.pool, deploymentId)).toEqual(
      expect.arrayContaining(['wipe.granted', 'wipe.refused']),
    );
  });

  test('once granted keeps the machine from ever being told to install in this attempt again', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await installing(planes);
    await ask(planes, subject.token, 'permit-01').expect(200);

    const script = await bootScript(planes, subject.mac);

    expect(script).toContain('erased in this attempt already');
    expect(script).not.toMatch(/octofleet\.nonce|kernel /);
  });

  test.each([
    ['cancelled', { status: 'cancelled' }],
    ['held by an operator', { status: 'holding', phase: 'installing' }],
  ])('is refused once the deployment is %s', async (_what, row) => {
    const planes = machinePlanes(database.pool());
    const { token, deploymentId, attemptId } = await installing(planes);
    await setRow(planes.deps.pool, deploymentId, row);

    await ask(planes, token, 'permit-01').expect(409);

    expect((await attemptRow(planes.deps.pool, attemptId))['wipe_granted_at']).toBeNull();
  });

  test('of a new attempt is its own: the operator has spoken', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await installing(planes);
    await ask(planes, subject.token, 'permit-01').expect(200);
    await nextAttempt(planes, subject, 2);
    const token = await boot(planes, subject, 'second-life');

    await ask(planes, token, 'permit-02').expect(200);

    await ask(planes, subject.token, 'permit-01').expect(409);
  });
});

describe('events of an installer', () => {
  test('repeated and reordered are applied once each; progress never falls', async () => {
    const planes = machinePlanes(database.pool());
    const { token, attemptId } = await installing(planes);
    const events = [
      { seq: 3, step: 'applying', status: 'progress', percent: 50 },
      { seq: 1, step: 'preflight', status: 'started', percent: 2 },
      { seq: 3, step: 'applying', status: 'progress', percent: 50 },
      { seq: 2, step: 'partitioning', status: 'done', percent: 8 },
      { seq: 1, step: 'preflight', status: 'started', percent: 2 },
    ];

    const repeated = [];
    for (const event of events) repeated.push((await say(planes, token, event).expect(202)).body.repeated);

    expect(repeated).toEqual([false, false, true, false, true]);
    expect((await inboxOf(planes.deps.pool, attemptId)).map(({ key }) => key)).toEqual([
      'exchange',
      'seq:3',
      'seq:1',
      'seq:2',
    ]);
    expect((await attemptRow(planes.deps.pool, attemptId))['percent']).toBe(44);
  });

  test('sent ten times at once are acknowledged ten times and kept once', async () => {
    const planes = machinePlanes(database.pool());
    const { token, attemptId } = await installing(planes);
    const event = { seq: 1, step: 'installed', status: 'done' };

    const answers = await Promise.all(Array.from({ length: 10 }, () => say(planes, token, event)));

    expect(answers.every(({ status }) => status === 202)).toBe(true);
    expect((await inboxOf(planes.deps.pool, attemptId)).filter(({ fact }) => fact === 'installed')).toHaveLength(1);
  });

  test('of failure and of installation are facts that the workflow hears; bare progress is not', async () => {
    const planes = machinePlanes(database.pool());
    const { token, attemptId, deploymentId } = await installing(planes);
    await say(planes, token, { seq: 1, step: 'drivers', status: 'progress', percent: 40 });
    await say(planes, token, {
      seq: 2,
      step: 'drivers',
      status: 'failed',
      reason: 'no-driver',
      message: 'for\u0000 NIC',
    });
    await say(planes, token, { seq: 3, step: 'installed', status: 'done' });

    const { rows } = await planes.deps.pool.query(
      'select i.fact, i.body from inbox i where i.attempt_id = $1 and i.event_key like $2 order by i.id',
      [attemptId, 'seq:%'],
    );

    expect(rows).toMatchObject([
      { fact: null },
      { fact: 'failed', body: { step: 'drivers', reason: 'no-driver', message: 'for\ufffd NIC' } },
      { fact: 'installed' },
    ]);
    expect((await attemptRow(planes.deps.pool, attemptId))['installed_at']).not.toBeNull();
    const steps = (await timelineOf(planes.deps.pool, deploymentId)).filter((kind) => kind === 'installer.step');
    expect(steps).toHaveLength(2);
  });

  test('that say the same again and again while an installer waits are one line, and each a sign of life', async () => {
    const planes = machinePlanes(database.pool());
    const { token, attemptId, deploymentId } = await installing(planes);
    const waiting = { step: 'drivers', status: 'progress', message: 'waiting for an operator' };
    await say(planes, token, { ...waiting, seq: 1 }).expect(202);
    await planes.deps.pool.query('update attempts a set last_seen_at = null where a.id = $1', [attemptId]);

    await say(planes, token, { ...waiting, seq: 2 }).expect(202);
    await say(planes, token, { ...waiting, seq: 3, message: 'going on' }).expect(202);

    const steps = (await timelineOf(planes.deps.pool, deploymentId)).filter((kind) => kind === 'installer.step');
    expect(steps).toHaveLength(2);
    expect((await attemptRow(planes.deps.pool, attemptId))['last_seen_at']).not.toBeNull();
  });

  test('come as JSON, as a form and as a query alike, whatever the content type says', async () => {
    const planes = machinePlanes(database.pool());
    const { token, attemptId } = await installing(planes);
    const url = `/d/${token}/events`;

    await request(planes.app).post(url).type('text/plain').send('{"seq":1,"step":"preflight"}').expect(202);
    await request(planes.app).post(url).type('application/json').send('seq=2&step=preflight').expect(202);
    await request(planes.app).post(`${url}?seq=3&step=preflight&status=done`).expect(202);

    expect(await inboxOf(planes.deps.pool, attemptId)).toHaveLength(4);
  });

  test('of an attempt that is over are refused and recorded once; an earlier one is still acknowledged as a repeat', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await installing(planes);
    const first = { seq: 1, step: 'preflight', status: 'started' };
    await say(planes, subject.token, first).expect(202);
    await nextAttempt(planes, subject, 2);

    const late = await say(planes, subject.token, { seq: 2, step: 'installed', status: 'done' }).expect(409);
    await say(planes, subject.token, { seq: 3, step: 'installed', status: 'done' }).expect(409);
    const repeat = await say(planes, subject.token, first).expect(202);

    expect(late.body.type).toBe('/problems/stale-attempt');
    expect(repeat.body.repeated).toBe(true);
    expect((await attemptRow(planes.deps.pool, subject.attemptId))['installed_at']).toBeNull();
    const refused = (await timelineOf(planes.deps.pool, subject.deploymentId)).filter(
      (kind) => kind === 'callback.refused',
    );
    expect(refused).toHaveLength(1);
  });

  test('are never acknowledged while the database is away: 503 and a time to ask again', async () => {
    const planes = machinePlanes(database.pool());
    const { token } = await installing(planes);
    const away = machinePlanes(closedPool(), { keyring: planes.deps.keyring });

    const res = await say(away, token, { seq: 1, step: 'installed', status: 'done' });

    expect(res.status).toBe(503);
    expect(res.headers['retry-after']).toBe('2');
    expect(res.body.type).toBe('/problems/store-unavailable');
  });

  test('are never acknowledged while the disk of the database is full', async () => {
    const planes = machinePlanes(database.pool());
    const { token, attemptId } = await installing(planes);
    await planes.deps.pool.query(`create function no_room() returns trigger language plpgsql as
      $$ begin raise exception 'no room' using errcode = 'disk_full'; end $$`);
    await planes.deps.pool.query(
      'create trigger full_disk before insert on inbox for each row execute function no_room()',
    );

    const res = await say(planes, token, { seq: 1, step: 'installed', status: 'done' });
    await planes.deps.pool.query('drop trigger full_disk on inbox');

    expect(res.status).toBe(503);
    expect((await attemptRow(planes.deps.pool, attemptId))['installed_at']).toBeNull();
    await say(planes, token, { seq: 1, step: 'installed', status: 'done' }).expect(202);
  });
});

describe('logs and inventory', () => {
  test('a log is kept as text, without the secrets of the deployment', async () => {
    const planes = machinePlanes(database.pool());
    const { token, deploymentId, enrolmentToken } = await installing(planes);
    const log = `net user Administrator ${PASSWORD}\ntoken ${enrolmentToken} ${token}\n\u0000ende äöü`;

    await request(planes.app).post(`/d/${token}/logs?name=setupact.log`).type('text/plain').send(log).expect(202);

    const { rows } = await planes.deps.pool.query(
      'select l.name, l.body from log_chunks l where l.deployment_id = $1',
      [deploymentId],
    );
    expect(rows).toEqual([
      { name: 'setupact.log', body: 'net user Administrator ********\ntoken ******** ********\n\ufffdende äöü' },
    ]);
  });

  test('the hardware is kept with the machine, and told once', async () => {
    const planes = machinePlanes(database.pool());
    const { token, machineId, deploymentId } = await installing(planes);
    const form = 'manufacturer=QEMU&model=Standard+PC&memoryMiB=2048&smbiosUuid=4C4C4544-0042-3510-8053-B4C04F4E4A32';

    await request(planes.app).post(`/d/${token}/inventory`).type('form').send(form).expect(202);
    await request(planes.app).post(`/d/${token}/inventory`).type('form').send(form).expect(202);

    const { rows } = await planes.deps.pool.query('select m.* from machines m where m.id = $1', [machineId]);
    expect(rows[0]).toMatchObject({
      manufacturer: 'QEMU',
      smbios_uuid: '4c4c4544-0042-3510-8053-b4c04f4e4a32',
      inventory: { memoryMiB: 2048 },
    });
    const told = (await timelineOf(planes.deps.pool, deploymentId)).filter((kind) => kind === 'installer.inventory');
    expect(told).toHaveLength(1);
  });
});

describe('files of an installer', () => {
  test('with secrets need the attempt token; the nonce opens only what the boot script names', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes, { family: 'windows' });
    const nonce = await nonceOf(planes, subject);

    const boot_ = await request(planes.app).get(`/d/${nonce}/deploy.cmd`).expect(200);
    await request(planes.app).get(`/d/${nonce}/unattend.xml`).expect(403);
    const token = await boot(planes, subject);
    const answers = await request(planes.app).get(`/d/${token}/unattend.xml`).expect(200);

    expect(boot_.text).not.toContain(PASSWORD);
    expect(answers.headers['cache-control']).toBe('no-store');
    expect(answers.headers['content-type']).toBe('application/xml; charset=utf-8');
    await request(planes.app).get(`/d/${nonce}/deploy.cmd`).expect(409);
  });

  test('are the machine’s own: its token, its enrolment token', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await installing(planes);

    const res = await request(planes.app).get(`/d/${subject.token}/agent.conf`).expect(200);

    expect(res.text).toContain(subject.enrolmentToken);
    await request(planes.app).get(`/d/${subject.token}/nocloud/meta-data`).expect(200);
    await request(planes.app).head(`/d/${subject.token}/nocloud/user-data`).expect(200);
    await request(planes.app).get(`/d/${subject.token}/nothing`).expect(404);
  });

  test('are withdrawn as soon as the system is on the disk', async () => {
    const planes = machinePlanes(database.pool());
    const { token } = await installing(planes);
    await say(planes, token, { seq: 1, step: 'installed', status: 'done' }).expect(202);

    await request(planes.app).get(`/d/${token}/agent.conf`).expect(409);
  });
});
