import { beforeEach, describe, expect, test } from 'vitest';
import { forgetSecrets } from '../../db/secrets.ts';
import { testDatabase } from '../../test/database.ts';
import { eventually, freshMac, readyImage, testApi } from '../../test/api.ts';
import type { TestApi } from '../../test/api.ts';

const database = testDatabase();
let api: TestApi;
let imageId: string;

beforeEach(async () => {
  api = testApi(database.pool());
  imageId = await readyImage(api);
});

const path = '/api/v1/deployments';

async function create(body: object = {}): Promise<{ id: string; machineId: string }> {
  const answer = await api.as('post', path).send({ mac: freshMac(), imageId, ...body });
  expect(answer.status, answer.text).toBe(201);
  return answer.body as { id: string; machineId: string };
}

async function setStatus(id: string, status: string, more = ''): Promise<void> {
  await database
    .pool()
    .query(`update deployments d set status = $2, rev = d.rev + 1 ${more} where d.id = $1`, [id, status]);
}

describe('a deployment', () => {
  test('is refused for everything that is wrong with it at once', async () => {
    const answer = await api.as('post', path).send({ mac: '52:54', imageId, hostName: 'a b!' });

    expect(answer.status).toBe(400);
    expect(answer.body.type).toBe('/problems/invalid-settings');
    expect((answer.body.errors as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(['/mac', '/hostName']);
    expect((await api.as('post', path).send({ mac: '52:54', imageId })).body.type).toBe('/problems/invalid-mac');
  });

  test('needs a MAC and an image, registers the machine on the way, and is begun', async () => {
    const answer = await api.as('post', path).send({ mac: '52-54-00-AA-BB-CC', imageId });

    expect(answer.status, answer.text).toBe(201);
    expect(answer.headers['location']).toBe(`${path}/${String(answer.body.id)}`);
    expect(answer.body).toMatchObject({
      status: 'queued',
      phase: 'awaiting-boot',
      mac: '52:54:00:aa:bb:cc',
      hostName: 'lin-aabbcc',
      createdBy: 'api-token',
      percent: 0,
      actions: { cancel: true, delete: false, retry: false },
    });
    await eventually(() => api.engine.begun).toHaveLength(1);
    expect(api.engine.begun[0]).toMatchObject({
      deploymentId: answer.body.id,
      label: 'lin-aabbcc (52:54:00:aa:bb:cc)',
    });
    const machine = await api.as('get', `/api/v1/machines/${String(answer.body.machineId)}`);
    expect(machine.body).toMatchObject({ registered: true, openDeploymentId: answer.body.id });
  });

  test('stays queued while the engine is away, and says so with 201', async () => {
    api.engine.up = false;

    const { id } = await create();

    expect((await api.as('get', `${path}/${id}`)).body).toMatchObject({ status: 'queued' });
  });

  test('is refused with its owner’s id while the machine has an open one', async () => {
    const mac = freshMac();
    const first = await create({ mac });

    const second = await api.as('post', path).send({ mac, imageId });

    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({ type: '/problems/machine-already-deploying', deploymentId: first.id });
  });

  test('is made once by a hundred requests for one new address at the same time', async () => {
    const mac = freshMac();

    const answers = await Promise.all(Array.from({ length: 100 }, () => api.as('post', path).send({ mac, imageId })));

    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 99 }, () => 409)]);
    const winner = answers.find(({ status }) => status === 201);
    const owners = answers.filter(({ status }) => status === 409).map(({ body }) => body as Record<string, unknown>);
    expect(new Set(owners.map(({ type }) => type))).toEqual(new Set(['/problems/machine-already-deploying']));
    expect(new Set(owners.map(({ deploymentId }) => deploymentId))).toEqual(new Set([winner?.body.id]));
    const { rows } = await database.pool().query('select 1 from machine_macs mm where mm.mac = $1', [mac]);
    expect(rows).toHaveLength(1);
  });

  test('is made once by many requests for one machine that is known', async () => {
    const { id: machineId } = (await api.as('post', '/api/v1/machines').send({ macs: [freshMac()] })).body as {
      id: string;
    };

    const answers = await Promise.all(
      Array.from({ length: 30 }, () => api.as('post', path).send({ machineId, imageId })),
    );

    const winner = answers.find(({ status }) => status === 201);
    const others = answers.filter((answer) => answer !== winner);
    expect(new Set(others.map(({ body }) => (body as { deploymentId: string }).deploymentId))).toEqual(
      new Set([winner?.body.id]),
    );
  });

  test('names every missing file with its cure before anything is written', async () => {
    api.assets.files.clear();

    const mac = freshMac();
    const answer = await api.as('post', path).send({ mac, imageId });

    expect(answer.status).toBe(409);
    expect(answer.body.type).toBe('/problems/artefact-missing');
    expect(answer.body.missing).toContainEqual({
      role: 'linux-kernel',
      cure: 'octofleet assets build linux-installer',
    });
    const { rows } = await database.pool().query('select 1 from machine_macs mm where mm.mac = $1', [mac]);
    expect(rows).toHaveLength(0);
  });

  test('says of each field what is wrong with it', async () => {
    const answer = await api
      .as('post', path)
      .send({ mac: freshMac(), imageId, settings: { locale: 'xx-YY', timeZone: 'Mars/Olympus' } });

    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ pointer: '/settings/locale' }, { pointer: '/settings/timeZone' }]);
  });

  test.each([
    [{ mac: '01:00:5e:00:00:01' }, '/mac'],
    [{ mac: 'not a mac' }, '/mac'],
    [{ hostName: 'has blanks' }, '/hostName'],
    [{ imageId: '00000000-0000-4000-8000-000000000000' }, '/imageId'],
    [{ templateId: '00000000-0000-4000-8000-000000000000' }, '/templateId'],
    [{ colour: 'red' }, '/colour'],
    [{ settings: { colour: 'red' } }, '/settings/colour'],
  ])('with %j is refused at %s', async (body, pointer) => {
    const answer = await api.as('post', path).send({ mac: freshMac(), imageId, ...body });

    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  test('never mixes the demo with real machines', async () => {
    const demoImage = await readyImage(api, 'linux', { demo: true });

    const mac = freshMac();
    await api.as('post', '/api/v1/machines').send({ macs: [mac] });

    const answer = await api.as('post', path).send({ mac, imageId: demoImage });

    expect(answer.status).toBe(400);
    expect(answer.body.errors[0]).toMatchObject({ pointer: '/imageId' });
  });

  test('makes an address that nobody has seen a machine of the demo with its image', async () => {
    const demoImage = await readyImage(api, 'linux', { demo: true });

    const { machineId } = await create({ imageId: demoImage });

    expect((await api.as('get', `/api/v1/machines/${machineId}`)).body).toMatchObject({ demo: true });
  });

  test('takes what it is not told from its template, and keeps its own copy', async () => {
    const template = await api.as('post', '/api/v1/templates').send({
      name: `t ${imageId}`,
      imageId,
      settings: { timeZone: 'UTC', limits: { installing: { deadlineSeconds: 60, leaseSeconds: 5 } } },
    });
    expect(template.status, template.text).toBe(201);

    const { id } = await create({
      imageId: undefined,
      templateId: template.body.id,
      settings: { locale: 'en-US', limits: { installing: { deadlineSeconds: 90 } } },
    });

    expect((await api.as('get', `${path}/${id}`)).body.settings).toMatchObject({
      timeZone: 'UTC',
      locale: 'en-US',
      keyboard: 'de-DE',
      limits: { installing: { deadlineSeconds: 90, leaseSeconds: 5 } },
    });
  });

  test('shows its preview before and after it is made, with masks for secrets', async () => {
    const body = { mac: freshMac(), imageId, secrets: { administratorPassword: 'Sehr-geheim-42' } };

    const before = await api.as('post', `${path}/preview`).send(body);
    const { id } = await create(body);
    const after = await api.as('get', `${path}/${id}/preview`);

    expect(before.status, before.text).toBe(200);
    expect(after.status).toBe(200);
    expect(before.text + after.text).not.toContain('Sehr-geheim-42');
    const names = (answer: { body: { files: { name: string }[] } }) => answer.body.files.map(({ name }) => name);
    expect(names(before)).toEqual(names(after));
  });

  test('still shows what the machine got once the deployment is over and its secrets are erased', async () => {
    const { id } = await create({ secrets: { administratorPassword: 'Sehr-geheim-44' } });
    const during = await api.as('get', `${path}/${id}/preview`);

    await forgetSecrets(database.pool(), id);
    const afterwards = await api.as('get', `${path}/${id}/preview`);

    expect(during.status, during.text).toBe(200);
    expect(afterwards.body).toEqual(during.body);
    const { rows } = await database.pool().query('select s.sealed from secrets s where s.deployment_id = $1', [id]);
    expect(rows).toEqual([{ sealed: null }]);
  });

  test('never shows a secret it was given', async () => {
    const { id } = await create({ secrets: { administratorPassword: 'Sehr-geheim-43' } });

    for (const suffix of ['', '/activity', '/preview', '/log.txt'])
      expect((await api.as('get', `${path}/${id}${suffix}`)).text).not.toContain('Sehr-geheim-43');
  });
});

describe('commands', () => {
  test('begin a queued deployment first, because only its workflow can end it', async () => {
    api.engine.up = false;
    const { id, machineId } = await create();
    api.engine.up = true;

    const answer = await api.as('post', `${path}/${id}/cancellation`);

    expect(answer.status, answer.text).toBe(200);
    expect(api.engine.begun.map(({ deploymentId }) => deploymentId)).toEqual([id]);
    expect(api.engine.told).toEqual([{ what: 'cancel', machineId, deploymentId: id, by: 'api-token' }]);
  });

  test('reach the workflow with what they say', async () => {
    const { id } = await create();
    await setStatus(id, 'holding');

    expect((await api.as('post', `${path}/${id}/retries`).send({ from: 'starting-os' })).status).toBe(200);
    expect((await api.as('post', `${path}/${id}/failures`).send({ reason: 'wrong machine' })).status).toBe(200);
    const extended = await api.as('post', `${path}/${id}/extensions`).send({ minutes: 30 });

    expect(extended.body.deadlineAt).toBe('2031-01-01T00:00:00.000Z');
    expect(api.engine.told).toMatchObject([
      { what: 'retry', from: 'starting-os' },
      { what: 'fail', reason: 'wrong machine' },
      { what: 'extend', minutes: 30 },
    ]);
  });

  test.each([true, null, [], '', '1e3', 0, 1.5])('extend by whole minutes, not by %j', async (minutes) => {
    const { id } = await create();

    const answer = await api.as('post', `${path}/${id}/extensions`).send({ minutes });

    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([{ pointer: '/minutes', detail: 'a whole number from 1 to 10080' }]);
    expect(api.engine.told).toEqual([]);
  });

  test.each(['cancellation', 'retries', 'failures', 'extensions'])(
    '%s of an ended deployment is refused',
    async (noun) => {
      const { id } = await create();
      await setStatus(id, 'failed', ', ended_at = now()');

      const answer = await api
        .as('post', `${path}/${id}/${noun}`)
        .send(noun === 'failures' ? { reason: 'x' } : noun === 'extensions' ? { minutes: 1 } : {});

      expect(answer.status).toBe(409);
      expect(answer.body.type).toBe('/problems/deployment-not-open');
      expect(api.engine.told).toEqual([]);
    },
  );

  test('say 503 while the engine is away', async () => {
    const { id } = await create();
    await setStatus(id, 'running');
    api.engine.up = false;

    const answer = await api.as('post', `${path}/${id}/cancellation`);

    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBeDefined();
  });

  test('delete only what has ended', async () => {
    const { id } = await create();

    expect((await api.as('delete', `${path}/${id}`)).status).toBe(409);
    await setStatus(id, 'cancelled', ', ended_at = now()');
    expect((await api.as('delete', `${path}/${id}`)).status).toBe(204);
    expect((await api.as('get', `${path}/${id}`)).status).toBe(404);
  });
});

describe('what happened in a deployment', () => {
  async function withHistory(): Promise<string> {
    const { id } = await create();
    for (let i = 0; i < 3; i += 1) {
      await database
        .pool()
        .query(`insert into log_chunks (deployment_id, attempt, name, body) values ($1, 1, 'setup.log', $2)`, [
          id,
          `line ${i}${i === 1 ? '' : '\n'}`,
        ]);
      await database
        .pool()
        .query(
          `insert into events (deployment_id, attempt, source, kind, level, message) values ($1, 1, 'machine', 'installer.step', $2, $3)`,
          [id, i === 1 ? 'error' : 'info', `step ${i}`],
        );
    }
    return id;
  }
  const messages = (page: { body: unknown }): readonly string[] =>
    (page.body as { items: { message: string }[] }).items.map(({ message }) => message.trim());

  test('is events and log in one order, page by page', async () => {
    const path = `/api/v1/deployments/${await withHistory()}/activity`;
    const all = messages(await api.as('get', `${path}?order=oldest`));

    const walked: string[] = [];
    let cursor = '';
    do {
      const page = await api.as('get', `${path}?order=oldest&limit=3${cursor}`);
      walked.push(...messages(page));
      cursor = page.body.next === null ? '' : `&cursor=${String(page.body.next)}`;
    } while (cursor !== '');

    expect(all.slice(2)).toEqual(['line 0', 'step 0', 'line 1', 'step 1', 'line 2', 'step 2']);
    expect(walked).toEqual(all);
    expect(messages(await api.as('get', path))).toEqual(all.toReversed());
  });

  test('can be narrowed to events, to the log, or to problems', async () => {
    const path = `/api/v1/deployments/${await withHistory()}/activity`;
    const shown = async (show: string) => messages(await api.as('get', `${path}?show=${show}&order=oldest`));

    expect(await shown('log')).toEqual(['line 0', 'line 1', 'line 2']);
    expect((await shown('events')).slice(2)).toEqual(['step 0', 'step 1', 'step 2']);
    expect(await shown('problems')).toEqual(['step 1']);
  });

  test('can be downloaded as text', async () => {
    const answer = await api.as('get', `/api/v1/deployments/${await withHistory()}/log.txt`);

    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.text).toBe('==> setup.log, attempt 1 <==\nline 0\nline 1\nline 2\n');
  });

  test('of a deployment that is not there is not found', async () => {
    for (const suffix of ['activity', 'log.txt', 'preview'])
      expect((await api.as('get', `/api/v1/deployments/00000000-0000-4000-8000-000000000000/${suffix}`)).status).toBe(
        404,
      );
  });
});
