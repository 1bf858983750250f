import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import request from 'supertest';
import { afterEach, describe, expect, test } from 'vitest';
import { createPool } from '../../db/pool.ts';
import { macInUrl, parseMac } from '../../domain/identity.ts';
import { freshMac } from '../../test/api.ts';
import { testDatabase } from '../../test/database.ts';
import { bootScript, machinePlanes, runningDeployment, setRow, timelineOf } from '../../test/planes.ts';
import type { Planes } from '../../test/planes.ts';
import { createBootPlane } from './plane.ts';
import { tolerateStrayBytes } from './stray-bytes.ts';

const database = testDatabase();
const unknownMac = () => parseMac(freshMac());

describe('a machine that boots', () => {
  test('and is expected gets its installer, the same script however often it asks', async () => {
    const planes = machinePlanes(database.pool());
    const { mac } = await runningDeployment(planes);

    const first = await bootScript(planes, mac);

    expect(first).toMatch(/^#!ipxe\n/);
    expect(first).toContain(`octofleet.mac=${macInUrl(mac)}`);
    expect(await bootScript(planes, mac)).toBe(first);
  });

  test('and is unknown, or has nothing to do, boots its own disk', async () => {
    const planes = machinePlanes(database.pool());
    const done = await runningDeployment(planes);
    await setRow(planes.deps.pool, done.deploymentId, { status: 'succeeded' });

    for (const mac of [unknownMac(), done.mac]) {
      const script = await bootScript(planes, mac);
      expect(script).toContain('sanboot --no-describe --drive 0x80');
      expect(script).not.toContain('kernel');
    }
  });

  test('while the engine is away holds, whatever it waits for; with everything back it installs', async () => {
    const planes = machinePlanes(database.pool());
    const { mac } = await runningDeployment(planes);
    planes.engine.up = false;

    const held = await bootScript(planes, mac);
    planes.engine.up = true;

    expect(held).toContain('asks again every');
    expect(held).not.toContain('nonce');
    expect(await bootScript(planes, mac)).toContain('octofleet.nonce=');
  });

  test('carries no secret in its script', async () => {
    const planes = machinePlanes(database.pool());
    const { mac, enrolmentToken } = await runningDeployment(planes);

    expect(await bootScript(planes, mac)).not.toContain(enrolmentToken);
  });

  test.each([
    ['cannot be rendered', `delete from assets where role = 'linux-kernel'`],
    ['has lost its attempt', 'delete from attempts where id = $1'],
  ])('whose installation %s holds instead of hanging', async (_what, sql) => {
    const planes = machinePlanes(database.pool());
    const { mac, attemptId } = await runningDeployment(planes);
    await planes.deps.pool.query(sql, sql.includes('$1') ? [attemptId] : []);

    expect(await bootScript(planes, mac)).toContain('asks again every');
  });
});

describe('with the database away', () => {
  test('a machine last told to boot its disk does so, any other holds, none installs', async () => {
    const planes = machinePlanes(database.pool());
    const [expected, stranger, never] = [await runningDeployment(planes), unknownMac(), unknownMac()];
    const pool = createPool({ connectionString: database.url(), onIdleError: () => undefined });
    const plane = createBootPlane({ ...planes.deps, pool });
    const ask = (mac: string) => plane.answer({ mac, query: '', remoteAddress: '' });
    expect((await ask(expected.mac)).body).toContain('octofleet.nonce=');
    await ask(stranger);

    await pool.end();

    expect((await ask(expected.mac)).body).toContain('asks again every');
    expect((await ask(stranger)).body).toContain('sanboot');
    expect((await ask(never)).body).toContain('asks again every');
    expect((await ask('nonsense')).body).toContain('sanboot');
  });
});

describe('whatever firmware sends', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  /** A request as bytes, the way iPXE writes it. */
  async function raw(planes: Planes, line: Buffer): Promise<string> {
    server = createServer(planes.app);
    tolerateStrayBytes(server);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(Buffer.concat([line, Buffer.from(' HTTP/1.1\r\nHost: octofleet\r\nConnection: close\r\n\r\n')]));
    return text(socket);
  }

  test.each([
    ['marks that no address may hold', Buffer.from('"<>\\^{|}`')],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0xa0, 0x80])],
    ['control characters', Buffer.from([1, 9, 12, 127])],
    ['blanks and a word of the protocol', Buffer.from('To be filled HTTP/1.1 by O.E.M.')],
    ['escapes that are none', Buffer.from('%zz%%ff%u0041%00')],
    ['umlauts', Buffer.from('Gerät größer')],
  ])('with %s in the query, it gets its script', async (_what, bytes) => {
    const planes = machinePlanes(database.pool());
    const mac = unknownMac();
    const line = Buffer.concat([Buffer.from(`GET /boot/${macInUrl(mac)}?serial=`), bytes, Buffer.from('&product=x')]);

    const answer = await raw(planes, line);
    await planes.boot.flushVisits();

    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('#!ipxe\n');
    const { rows } = await planes.deps.pool.query(
      `select m.model from machines m join machine_macs mm on mm.machine_id = m.id where mm.mac = $1`,
      [mac],
    );
    expect(rows).toEqual([{ model: 'x' }]);
  });

  test('stray bytes elsewhere are refused as ever', async () => {
    const planes = machinePlanes(database.pool());

    expect(await raw(planes, Buffer.from([...Buffer.from('GET /api/'), 0xff]))).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\n/,
    );
  });

  test.each([
    '',
    'nonsense',
    'ff-ff-ff-ff-ff-ff',
    '00-00-00-00-00-00',
    '%zz',
    '52-54-00-12-34',
    '..%2f..%2fetc',
    '%2e%2e',
  ])('as its address (%s), it gets a script that says so and boots the disk', async (mac) => {
    const planes = machinePlanes(database.pool());

    const res = await request(planes.app).get(`/boot/${mac}?uuid=x`).expect(200);

    expect(res.text).toMatch(/^#!ipxe\necho Octofleet: .*address/);
    expect(res.text).toContain('sanboot');
  });

  test('other methods are refused with an error status, which no firmware runs', async () => {
    const planes = machinePlanes(database.pool());

    for (const path of ['/boot.ipxe', '/boot/52-54-00-12-34-56'])
      await request(planes.app).post(path).send('x').expect(405).expect('Allow', 'GET, HEAD');
  });

  test('the first stage is the same for all', async () => {
    const planes = machinePlanes(database.pool());

    const res = await request(planes.app)
      .get('/boot.ipxe')
      .expect(200)
      .expect('Content-Type', /^text\/plain/);

    expect(res.text).toMatch(/^#!ipxe\n/);
  });
});

describe('visits', () => {
  test('are remembered with what the firmware said, and change nothing', async () => {
    const planes = machinePlanes(database.pool());
    const { pool } = planes.deps;
    const { mac, deploymentId, attemptId } = await runningDeployment(planes);
    const before = await pool.query('select d.* from deployments d where d.id = $1', [deploymentId]);

    await Promise.all([1, 2, 3].map(() => bootScript(planes, mac)));
    await planes.boot.flushVisits();
    await bootScript(planes, mac);
    await planes.boot.flushVisits();

    expect(await pool.query('select d.* from deployments d where d.id = $1', [deploymentId])).toMatchObject({
      rows: before.rows,
    });
    const { rows } = await pool.query(
      `select m.last_answer, a.last_visit_at is not null as visited, a.exchanges, a.booted_at from machines m
        join machine_macs mm on mm.machine_id = m.id, attempts a where mm.mac = $1 and a.id = $2`,
      [mac, attemptId],
    );
    expect(rows).toEqual([{ last_answer: 'install', visited: true, exchanges: 0, booted_at: null }]);
    expect((await timelineOf(pool, deploymentId)).filter((kind) => kind === 'boot.visited')).toHaveLength(1);
  });

  test('are told again when the answer changes', async () => {
    const planes = machinePlanes(database.pool());
    const { mac, deploymentId } = await runningDeployment(planes);
    await bootScript(planes, mac);
    await planes.boot.flushVisits();
    await setRow(planes.deps.pool, deploymentId, { status: 'cancelled' });

    await bootScript(planes, mac);
    await planes.boot.flushVisits();

    const told = (await timelineOf(planes.deps.pool, deploymentId)).filter((kind) => kind === 'boot.visited');
    expect(told).toHaveLength(2);
  });

  test('of an unknown machine make it known, registered by nobody, once', async () => {
    const planes = machinePlanes(database.pool());
    const mac = unknownMac();
    const said =
      'uuid=4c4c4544-0042-3510-8053-b4c04f4e4a32&serial=ABC&manufacturer=QEMU&product=Standard%20PC&platform=efi';

    await bootScript(planes, mac, said);
    await planes.boot.flushVisits();
    await bootScript(planes, mac, said);
    await planes.boot.flushVisits();

    const { rows } = await planes.deps.pool.query(
      `select m.* from machines m join machine_macs mm on mm.machine_id = m.id where mm.mac = $1`,
      [mac],
    );
    expect(rows).toMatchObject([
      {
        smbios_uuid: '4c4c4544-0042-3510-8053-b4c04f4e4a32',
        serial: 'ABC',
        model: 'Standard PC',
        platform: 'kvm',
        registered_at: null,
        last_answer: 'unknown',
      },
    ]);
  });
});

test('a flood of invented addresses fills its own shelf and no more', async () => {
  const planes = machinePlanes(database.pool());
  const { pool } = planes.deps;
  await pool.query(`insert into machines (platform, last_visit_at) select 'kvm', now() from generate_series(1, 1000)`);
  const [stranger, known] = [unknownMac(), await runningDeployment(planes)];

  await bootScript(planes, stranger);
  await bootScript(planes, known.mac);
  await planes.boot.flushVisits();

  const { rows } = await pool.query(
    'select mm.mac::text as mac from machine_macs mm where mm.mac = any ($1::macaddr[])',
    [[stranger, known.mac]],
  );
  expect(rows).toEqual([{ mac: known.mac }]);
  await pool.query('delete from machines m where m.registered_at is null');
});

test('an address that is invented again and again leaves one line a day', async () => {
  const planes = machinePlanes(database.pool());
  const { pool } = planes.deps;
  const mac = unknownMac();
  const visit = async (): Promise<number> => {
    await bootScript(planes, mac);
    await planes.boot.flushVisits();
    const { rows } = await pool.query<{ lines: number }>(
      `select count(*) as lines from events e join machine_macs mm on mm.machine_id = e.machine_id where mm.mac = $1`,
      [mac],
    );
    return rows[0]?.lines ?? 0;
  };
  const passes = (time: string) =>
    pool.query(
      `update events e set created_at = e.created_at - $2::interval
        from machine_macs mm where mm.machine_id = e.machine_id and mm.mac = $1`,
      [mac, time],
    );
  const first = await visit();

  await passes('2 hours');
  expect(await visit()).toBe(first);
  await passes('1 day');
  expect(await visit()).toBe(first + 1);
});
