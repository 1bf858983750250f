import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import { API_TOKEN, freshMac, readyImage, testApi } from '../../test/api.ts';
import type { TestApi } from '../../test/api.ts';

const database = testDatabase();
let api: TestApi;

beforeEach(() => {
  api = testApi(database.pool());
});

async function make(path: string, body: object): Promise<Record<string, unknown> & { id: string }> {
  const answer = await api.as('post', path).send(body);
  expect(answer.status, answer.text).toBe(201);
  return answer.body as { id: string };
}

async function deploy(imageId: string, more: object = {}): Promise<{ id: string; machineId: unknown }> {
  const made = await make('/api/v1/deployments', { mac: freshMac(), imageId, ...more });
  return { id: made.id, machineId: made['machineId'] };
}

async function end(id: string): Promise<void> {
  await database.pool().query(`update deployments d set status = 'cancelled', ended_at = now() where d.id = $1`, [id]);
}

describe('machines', () => {
  test('are registered with their addresses in one spelling, the boot NIC first', async () => {
    const [a, b] = [freshMac(), freshMac()];

    const machine = await make('/api/v1/machines', {
      name: 'two cards',
      macs: [a.toUpperCase().replaceAll(':', '-'), b.replaceAll(':', '')],
      smbiosUuid: '4C4C4544-0042-3510-8053-B4C04F4E4A32',
    });

    expect(machine).toMatchObject({
      macs: [a, b],
      smbiosUuid: '4c4c4544-0042-3510-8053-b4c04f4e4a32',
      registered: true,
      demo: false,
    });
  });

  test('do not share an address', async () => {
    const mac = freshMac();
    await make('/api/v1/machines', { macs: [mac] });

    const answer = await api.as('post', '/api/v1/machines').send({ name: 'second', macs: [freshMac(), mac] });

    expect(answer.status).toBe(409);
    expect(answer.body.type).toBe('/problems/mac-already-registered');
    expect((await api.as('get', '/api/v1/machines?q=second')).body.items).toEqual([]);
  });

  test('that were only seen are new until somebody registers them', async () => {
    const { rows } = await database.pool().query<{ id: string }>(
      `with m as (insert into machines (platform, model) values ('kvm', 'seen once') returning id)
        insert into machine_macs (machine_id, mac) select m.id, $1 from m returning machine_id as id`,
      [freshMac()],
    );
    const id = String(rows[0]?.id);
    const listed = async (show: string) =>
      (await api.as('get', `/api/v1/machines?q=seen+once&show=${show}`)).body.items as unknown[];

    expect(await listed('new')).toHaveLength(1);
    expect(await listed('registered')).toHaveLength(0);
    expect((await api.as('patch', `/api/v1/machines/${id}`).send({ registered: true })).body.registered).toBe(true);
    expect(await listed('new')).toHaveLength(0);
    expect(await listed('registered')).toHaveLength(1);
  });

  test('keep their addresses while they deploy, and stay while they have a history', async () => {
    const { id, machineId } = await deploy(await readyImage(api));
    const path = `/api/v1/machines/${String(machineId)}`;

    const moved = await api.as('patch', path).send({ macs: [freshMac()] });
    expect(moved.status).toBe(409);
    expect(moved.body.deploymentId).toBe(id);
    expect((await api.as('delete', path)).body).toMatchObject({
      type: '/problems/still-in-use',
      usedBy: [{ kind: 'deployment', id }],
    });
    await end(id);
    expect((await api.as('patch', path).send({ macs: [freshMac()] })).status).toBe(200);
    await api.as('delete', `/api/v1/deployments/${id}`);
    expect((await api.as('delete', path)).status).toBe(204);
    expect((await api.as('get', path)).status).toBe(404);
  });

  test('that are blocked are not deployed', async () => {
    const mac = freshMac();
    const { id } = await make('/api/v1/machines', { macs: [mac] });
    await api.as('patch', `/api/v1/machines/${id}`).send({ blocked: true });

    const answer = await api.as('post', '/api/v1/deployments').send({ mac, imageId: await readyImage(api) });

    expect(answer.status).toBe(409);
    expect(answer.body.type).toBe('/problems/command-not-allowed');
  });

  test('are explained rule by rule', async () => {
    const mac = freshMac();
    const answer = await api.as('get', '/api/v1/boot/explain').query({ mac: mac.replaceAll(':', '-') });

    expect(answer.body).toMatchObject({ mac, answer: 'unknown', rule: 'unknown-machine' });
    expect(answer.body.rules[0]).toMatchObject({ applies: true, decides: true });
  });
});

describe('files and images', () => {
  const bytes = (): Buffer => Buffer.from(randomUUID());
  const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
  const upload = (content: Buffer, query: string) =>
    api.as('post', `/api/v1/assets?${query}`).set('Content-Type', 'application/octet-stream').send(content);

  test('whose sender goes away are no fault of the service', async () => {
    const loud = vi.spyOn(api.deps.log, 'error');
    const server = createServer(api.app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const sender = httpRequest({
      port: (server.address() as AddressInfo).port,
      method: 'POST',
      path: '/api/v1/assets?role=image&name=half.raw',
      headers: { authorization: `Bearer ${API_TOKEN}`, 'content-length': '1000' },
    });
    sender.on('error', () => undefined);
    const arrives = once(server, 'request');
    sender.write('half of');
    const [req, res] = (await arrives) as [IncomingMessage, ServerResponse];
    await vi.waitFor(() => expect(req.readableDidRead).toBe(true));

    sender.destroy();

    await vi.waitFor(() => expect(res.statusCode).toBe(400));
    expect(loud).not.toHaveBeenCalled();
    server.close();
  });

  test('are uploaded, made installable, and kept while something needs them', async () => {
    const content = bytes();
    const digest = sha256(content);

    const file = await upload(content, `role=image&name=disk.raw.gz&sha256=${digest}`);
    expect(file.status, file.text).toBe(201);
    expect(file.body).toMatchObject({ sha256: digest, size: content.length, current: true });
    const image = await make('/api/v1/images', {
      kind: 'raw-disk',
      name: `Debian ${digest.slice(0, 8)}`,
      assetSha256: digest,
      compression: 'gzip',
      diskSize: 4096,
    });
    const refused = await api.as('delete', `/api/v1/assets/${digest}`);
    expect(refused.status).toBe(409);
    expect(refused.body.usedBy).toEqual([{ kind: 'image', id: image.id, name: image['name'] }]);
    expect((await api.as('delete', `/api/v1/images/${image.id}`)).status).toBe(204);
    expect((await api.as('delete', `/api/v1/assets/${digest}`)).status).toBe(204);
    expect(api.assets.files.has(digest)).toBe(false);
  });

  test('with another digest than announced are refused', async () => {
    const answer = await upload(bytes(), `role=wimboot&name=wimboot&sha256=${'0'.repeat(64)}`);

    expect(answer.status).toBe(400);
  });

  test('of a role give way to newer ones', async () => {
    const [older, newer] = [bytes(), bytes()];
    await upload(older, 'role=wimboot&name=wimboot');
    await upload(newer, 'role=wimboot&name=wimboot');

    const { items } = (await api.as('get', '/api/v1/assets')).body as { items: { sha256: string; current: boolean }[] };

    expect(items.find((item) => item.sha256 === sha256(older))?.current).toBe(false);
    expect(items.find((item) => item.sha256 === sha256(newer))?.current).toBe(true);
  });

  test('say what an image lacks and how to cure it', async () => {
    const id = await readyImage(api, 'windows');
    const missing = async () => (await api.as('get', `/api/v1/images/${id}`)).body.missing as unknown[];

    expect(await missing()).toEqual([]);
    await database.pool().query(`delete from assets a where a.role = 'winpe'`);
    expect(await missing()).toEqual([{ role: 'winpe', cure: expect.stringContaining('boot.wim') }]);
  });

  test('are refused as an image without an upload, or under a name that is taken', async () => {
    const id = await readyImage(api);
    const { name, assetSha256 } = (await api.as('get', `/api/v1/images/${id}`)).body as Record<string, string>;
    const body = { kind: 'raw-disk', compression: 'none', diskSize: 1 };

    const unknown = await api.as('post', '/api/v1/images').send({ ...body, name: 'new', assetSha256: '0'.repeat(64) });
    const taken = await api.as('post', '/api/v1/images').send({ ...body, name, assetSha256 });

    expect(unknown.body.errors[0].pointer).toBe('/assetSha256');
    expect(taken.status).toBe(409);
    expect(taken.body.errors[0].pointer).toBe('/name');
  });

  test('of an image that deployments name stay', async () => {
    const imageId = await readyImage(api);
    const { id } = await deploy(imageId);

    const answer = await api.as('delete', `/api/v1/images/${imageId}`);

    expect(answer.status).toBe(409);
    expect(answer.body.usedBy).toMatchObject([{ kind: 'deployment', id }]);
  });
});

describe('templates', () => {
  test.each([
    ['locale', { locale: 'tlh-QO' }],
    ['keyboard', { keyboard: `"'><script>` }],
    ['timeZone', { timeZone: 'Mars/Olympus' }],
    ['domain/ou', { domain: { name: 'corp.example.com', account: 'svc-join', ou: 'Servers' } }],
  ])('with a %s that no deployment could use are refused', async (pointer, settings) => {
    const { id } = await make('/api/v1/templates', { name: `kept ${pointer}` });

    const created = await api.as('post', '/api/v1/templates').send({ name: `refused ${pointer}`, settings });
    const changed = await api.as('patch', `/api/v1/templates/${id}`).send({ settings });

    for (const answer of [created, changed]) {
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toMatchObject([{ pointer: `/settings/${pointer}` }]);
    }
    expect((await api.as('get', `/api/v1/templates/${id}`)).body).toMatchObject({ version: 1, settings: {} });
  });

  test('rise in version with every change, and leave what was deployed with them alone', async () => {
    const imageId = await readyImage(api);
    const template = await make('/api/v1/templates', { name: `t ${imageId}`, imageId, settings: { timeZone: 'UTC' } });
    const { id } = await deploy(imageId, { imageId: undefined, templateId: template.id });

    const changed = await api
      .as('patch', `/api/v1/templates/${template.id}`)
      .send({ imageId: null, settings: { timeZone: 'Europe/Berlin' } });
    await api.as('delete', `/api/v1/templates/${template.id}`);

    expect(changed.body).toMatchObject({ version: 2, imageId: null, deployments: 1 });
    const deployment = await api.as('get', `/api/v1/deployments/${id}`);
    expect(deployment.body).toMatchObject({ templateId: null, settings: { timeZone: 'UTC' } });
  });

  test.each(['\u202e\u2066', '\u202etxt.exe', '\u200b', '\u200d', ' '])(
    'are never called %j, which nobody can read',
    async (name) => {
      const answer = await api.as('post', '/api/v1/templates').send({ name });

      expect(answer.status).toBe(400);
      expect(answer.body.errors[0]).toMatchObject({ pointer: '/name' });
    },
  );

  test('name an image that exists, and have a name of their own', async () => {
    const name = `t ${randomUUID()}`;
    await make('/api/v1/templates', { name });

    expect((await api.as('post', '/api/v1/templates').send({ name })).status).toBe(409);
    const answer = await api.as('post', '/api/v1/templates').send({ name: `${name} 2`, imageId: randomUUID() });
    expect(answer.body.errors[0].pointer).toBe('/imageId');
  });
});

describe('systems', () => {
  test('are listed, shown and taken out, but not while their machine deploys again', async () => {
    const { id, machineId } = await deploy(await readyImage(api), { hostName: 'sys-1' });
    const { rows } = await database
      .pool()
      .query<{ id: string }>(
        `insert into systems (machine_id, deployment_id, host_name, os_name) values ($1, $2, 'sys-1', 'Debian') returning id`,
        [machineId, id],
      );
    const path = `/api/v1/systems/${String(rows[0]?.id)}`;

    expect((await api.as('get', '/api/v1/systems?q=sys-1')).body.items).toMatchObject([
      { hostName: 'sys-1', machineId },
    ]);
    expect((await api.as('delete', path)).status).toBe(409);
    await end(id);
    await api.as('delete', `/api/v1/deployments/${id}`);
    expect((await api.as('delete', `/api/v1/machines/${String(machineId)}`)).body.usedBy).toMatchObject([
      { kind: 'system', name: 'sys-1' },
    ]);
    expect((await api.as('delete', path)).status).toBe(204);
    expect((await api.as('get', path)).status).toBe(404);
  });
});

describe('the demo', () => {
  test('goes with one click, and takes nothing else along', async () => {
    const real = await deploy(await readyImage(api));
    const demoImage = await readyImage(api, 'linux', { demo: true });
    const demoMachine = await api.as('post', '/api/v1/machines?demo=true').send({ macs: [freshMac()] });
    const made = await make('/api/v1/deployments', { machineId: demoMachine.body.id, imageId: demoImage });
    const filesBefore = api.assets.files.size;
    api.engine.onCancel = end;

    expect((await api.as('get', '/api/v1/overview')).body.demo).toBe(true);
    expect((await api.as('delete', '/api/v1/demo')).status).toBe(204);

    expect(api.engine.told).toMatchObject([{ what: 'cancel', deploymentId: made.id }]);
    expect((await api.as('get', `/api/v1/deployments/${made.id}`)).status).toBe(404);
    expect((await api.as('get', `/api/v1/images/${demoImage}`)).status).toBe(404);
    expect((await api.as('get', `/api/v1/deployments/${real.id}`)).status).toBe(200);
    expect(api.assets.files.size).toBe(filesBefore - 4);
    expect((await api.as('get', '/api/v1/overview')).body.demo).toBe(false);
    expect((await api.as('delete', '/api/v1/demo')).status).toBe(204);
  });
});
