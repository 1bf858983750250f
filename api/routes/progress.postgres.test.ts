import { expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import { freshMac, readyImage, testApi } from '../../test/api.ts';
import { setRow } from '../../test/planes.ts';

const database = testDatabase();

test.each([
  ['succeeded', 100],
  ['running', 98],
  ['failed', 98],
])('a deployment that %s is at %i percent, in the list as on its page', async (status, percent) => {
  const api = testApi(database.pool());
  const wanted = { mac: freshMac(), imageId: await readyImage(api) };
  const { id } = (await api.as('post', '/api/v1/deployments').send(wanted).expect(201)).body as { id: string };
  await database.pool().query('update attempts a set percent = 98 where a.deployment_id = $1', [id]);
  await setRow(database.pool(), id, { status });

  const page = await api.as('get', `/api/v1/deployments/${id}`);
  const list = await api.as('get', '/api/v1/deployments').query({ q: wanted.mac });

  expect(page.body).toMatchObject({ status, percent });
  expect(list.body.items).toMatchObject([{ id, percent }]);
});
