import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Keyring } from '../../keyring.ts';
import { testDatabase } from '../../test/database.ts';
import { API_TOKEN, eventually, freshMac, readyImage, testApi } from '../../test/api.ts';
import request from 'supertest';

const database = testDatabase();

describe('an Idempotency-Key', () => {
  test('makes a repeated request answer like the first, and do nothing', async () => {
    const api = testApi(database.pool());
    const body = { mac: freshMac(), imageId: await readyImage(api) };
    const send = () => api.as('post', '/api/v1/deployments').set('Idempotency-Key', 'key-1').send(body);

    const first = await send();
    const second = await send();

    expect(first.status, first.text).toBe(201);
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect(second.headers['location']).toBe(first.headers['location']);
    expect(second.headers['idempotency-replayed']).toBe('true');
    await eventually(() => api.engine.begun).toHaveLength(1);
  });

  test('is answered the same when the body’s fields come in another order', async () => {
    const api = testApi(database.pool());
    const body = { macs: [freshMac()], name: 'ordered' };

    const first = await api.as('post', '/api/v1/machines').set('Idempotency-Key', 'key-2').send(body);
    const second = await api
      .as('post', '/api/v1/machines')
      .set('Idempotency-Key', 'key-2')
      .send({ name: body.name, macs: body.macs });

    expect(second.body).toEqual(first.body);
    expect(second.status).toBe(201);
  });

  test('is refused for another request', async () => {
    const api = testApi(database.pool());
    await api
      .as('post', '/api/v1/machines')
      .set('Idempotency-Key', 'key-3')
      .send({ macs: [freshMac()] });

    const other = await api
      .as('post', '/api/v1/machines')
      .set('Idempotency-Key', 'key-3')
      .send({ macs: [freshMac()] });

    expect(other.status).toBe(422);
    expect(other.body.type).toBe('/problems/idempotency-key-reused');
  });

  test('lets concurrent duplicates do the work once', async () => {
    const api = testApi(database.pool());
    const body = { mac: freshMac(), imageId: await readyImage(api) };

    const answers = await Promise.all(
      Array.from({ length: 15 }, () =>
        api.as('post', '/api/v1/deployments').set('Idempotency-Key', 'key-4').send(body),
      ),
    );

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => String(answer.body.id))).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
  });

  test('is free again when the request was refused', async () => {
    const api = testApi(database.pool());
    const wrong = await api
      .as('post', '/api/v1/machines')
      .set('Idempotency-Key', 'key-5')
      .send({ macs: ['nonsense'] });
    const right = await api
      .as('post', '/api/v1/machines')
      .set('Idempotency-Key', 'key-5')
      .send({ macs: [freshMac()] });

    expect(wrong.status).toBe(400);
    expect(right.status).toBe(201);
  });

  test('leaves nothing in the database that a password could be guessed from', async () => {
    const api = testApi(database.pool());
    const body = { macs: [freshMac()] };
    await api.as('post', '/api/v1/machines').set('Idempotency-Key', 'key-7').send(body).expect(201);

    const { rows } = await database
      .pool()
      .query<{ request: Buffer }>(`select k.request from idempotency_keys k where k.key = 'key-7'`);
    const plain = createHash('sha256').update('POST /api/v1/machines\n').update(JSON.stringify(body)).digest();
    const otherService = new Keyring(Keyring.generate());
    const asked = ['POST /api/v1/machines', JSON.stringify(body)];

    expect(rows[0]?.request).toEqual(api.deps.keyring.mac('idempotency', ...asked));
    expect(rows[0]?.request).not.toEqual(otherService.mac('idempotency', ...asked));
    expect(rows[0]?.request).not.toEqual(plain);
  });

  test('belongs to whoever sent it', async () => {
    const api = testApi(database.pool());
    const token = await api.as('post', '/api/v1/tokens').send({ name: 'another program' });
    const send = (bearer: string) =>
      request(api.app)
        .post('/api/v1/machines')
        .set({ Authorization: `Bearer ${bearer}`, 'Idempotency-Key': 'key-6' })
        .send({ macs: [freshMac()] });

    const mine = await send(API_TOKEN);
    const theirs = await send(String(token.body.token));

    expect(mine.status).toBe(201);
    expect(theirs.status).toBe(201);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  test.each(['', 'has blanks', 'ü', 'x'.repeat(256)])('%j is refused', async (key) => {
    const api = testApi(database.pool());

    const answer = await api
      .as('post', '/api/v1/machines')
      .set('Idempotency-Key', Buffer.from(key).toString('latin1'))
      .send({ macs: [freshMac()] });

    expect(answer.status).toBe(400);
  });
});
