import { beforeEach, describe, expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import { freshMac, readyImage, testApi } from '../../test/api.ts';
import type { TestApi } from '../../test/api.ts';
import { setRow } from '../../test/planes.ts';

const database = testDatabase();
let api: TestApi;
let imageId: string;

beforeEach(async () => {
  api = testApi(database.pool());
  imageId = await readyImage(api);
});

const path = '/api/v1/deployments';

async function create(body: object = {}): Promise<{ id: string }> {
  const answer = await api.as('post', path).send({ mac: freshMac(), imageId, ...body });
  expect(answer.status, answer.text).toBe(201);
  return answer.body as { id: string };
}

function idsOf(page: { readonly body: unknown }): readonly string[] {
  return (page.body as { items: { id: string }[] }).items.map(({ id }) => id);
}

describe('the list of deployments', () => {
  test('walks through pages without losing or repeating one, also when new ones arrive', async () => {
    await database.pool().query('delete from deployments');
    const made: string[] = [];
    for (let i = 0; i < 5; i += 1) made.push((await create()).id);

    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await api.as('get', `${path}?limit=2${cursor}`);
      expect(page.status, page.text).toBe(200);
      seen.push(...idsOf(page));
      if (cursor === '') await create();
      cursor = page.body.next === null ? '' : `&cursor=${String(page.body.next)}`;
    } while (cursor !== '');

    expect(seen).toEqual(made.toReversed());
  });

  test.each(['createdAt', 'hostName', '-hostName', 'phaseSince', '-phaseSince'])('sorts by %s', async (sort) => {
    await create({ hostName: `b-${imageId.slice(0, 8)}` });
    await create({ hostName: `a-${imageId.slice(0, 8)}` });

    const first = await api.as('get', `${path}?sort=${sort}&limit=1`);
    const second = await api.as('get', `${path}?sort=${sort}&limit=1&cursor=${String(first.body.next)}`);

    expect(second.status, second.text).toBe(200);
    expect(second.body.items[0].id).not.toBe(first.body.items[0].id);
  });

  test('finds by host name, by MAC however it is written, and by status', async () => {
    const mac = freshMac();
    const { id } = await create({ mac, hostName: 'findme-100' });

    for (const q of ['findme', mac.toUpperCase(), mac.replaceAll(':', '-'), mac.replaceAll(':', '')])
      expect(idsOf(await api.as('get', path).query({ q }))).toEqual([id]);
    expect((await api.as('get', path).query({ q: 'findme_100' })).body.items).toEqual([]);
    expect((await api.as('get', path).query({ q: 'findme', status: 'running,holding' })).body.items).toEqual([]);
    expect((await api.as('get', path).query({ q: 'findme', status: 'queued' })).body.items).toHaveLength(1);
  });

  test.each([
    'garbage',
    Buffer.from('["-createdAt","x","y"]').toString('base64url'),
    Buffer.from('["hostName","a","00000000-0000-4000-8000-000000000000"]').toString('base64url'),
  ])('refuses the cursor %s', async (cursor) => {
    const answer = await api.as('get', path).query({ cursor });

    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].pointer).toBe('/cursor');
  });

  test('raises the version with every change, also those that the machine makes', async () => {
    const { id } = await create();
    const version = async () => Number((await api.as('get', `${path}/${id}`)).body.version);
    const before = await version();

    await database
      .pool()
      .query(`update attempts a set step = 'applying', percent = 40 where a.deployment_id = $1`, [id]);
    const between = await version();
    await setRow(database.pool(), id, { status: 'running' });

    expect(between).toBeGreaterThan(before);
    expect(await version()).toBeGreaterThan(between);
  });

  test.each([
    ['succeeded', 100],
    ['running', 98],
    ['failed', 98],
  ])('shows a deployment that %s at %i percent, as its page does', async (status, percent) => {
    const mac = freshMac();
    const { id } = await create({ mac });
    await database.pool().query('update attempts a set percent = 98 where a.deployment_id = $1', [id]);
    await setRow(database.pool(), id, { status });

    const page = await api.as('get', `${path}/${id}`);
    const list = await api.as('get', path).query({ q: mac });

    expect(page.body).toMatchObject({ status, percent });
    expect(list.body.items).toMatchObject([{ id, percent }]);
  });
});
