import { once } from 'node:events';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { API_TOKEN, eventually, freshMac, readyImage, testApi } from '../../test/api.ts';
import type { TestApi } from '../../test/api.ts';
import { testDatabase } from '../../test/database.ts';
import { closeStreams } from '../app.ts';
import { tidyUp } from '../housekeeping.ts';

const database = testDatabase();
const server = createServer();
let api: TestApi;
let imageId: string;

beforeAll(async () => {
  api = testApi(database.pool());
  imageId = await readyImage(api);
  server.on('request', api.app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(async () => {
  await closeStreams(api.app);
  server.closeAllConnections();
  server.close();
});

interface Heard {
  readonly name: string;
  readonly data: Record<string, unknown>;
}

/** A page that listens. `place` is what a browser would send back when it reconnects. */
class Listening {
  readonly heard: Heard[] = [];
  place: string;
  ended = false;
  readonly #response: IncomingMessage;

  constructor(response: IncomingMessage, place = '') {
    this.place = place;
    this.#response = response;
    let text = '';
    response.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      blocks.forEach((block) => this.#hear(block));
    });
    response.on('close', () => {
      this.ended = true;
    });
  }

  stop(): void {
    this.#response.destroy();
  }

  #hear(block: string): void {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    this.place = field('id') ?? this.place;
    const name = field('event');
    if (name !== undefined)
      this.heard.push({ name, data: JSON.parse(field('data') ?? '{}') as Record<string, unknown> });
  }
}

async function listen(query = '', headers: Record<string, string> = {}): Promise<Listening> {
  const { port } = server.address() as AddressInfo;
  const request = get({
    host: '127.0.0.1',
    port,
    path: `/api/v1/stream${query}`,
    headers: { authorization: `Bearer ${API_TOKEN}`, ...headers },
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  return new Listening(response, headers['last-event-id']);
}

async function create(): Promise<string> {
  const answer = await api.as('post', '/api/v1/deployments').send({ mac: freshMac(), imageId });
  expect(answer.status, answer.text).toBe(201);
  return String(answer.body.id);
}

async function step(id: string, percent: number): Promise<void> {
  await database.pool().query('update attempts a set percent = $2 where a.deployment_id = $1', [id, percent]);
}

describe('the live stream', () => {
  test('tells a page what changed between its answer and its subscription, and what changes then', async () => {
    const list = await api.as('get', '/api/v1/deployments');
    const before = await create();

    const page = await listen(`?after=${String(list.headers['x-octofleet-cursor'])}`);
    await eventually(() => page.heard).toContainEqual(withRow(before));
    const later = await create();
    await eventually(() => page.heard).toContainEqual(withRow(later));
    await eventually(() => page.heard).toContainEqual({ name: 'activity', data: { deploymentId: later } });
    page.stop();
  });

  test('tells many changes of one thing as few events, the last with how it is now', async () => {
    const id = await create();
    const page = await listen();
    await eventually(() => page.place).not.toBe('');

    for (let percent = 1; percent <= 60; percent += 1) await step(id, percent);

    await eventually(() => rowsOf(page, id).at(-1)).toMatchObject({ percent: 60 });
    expect(rowsOf(page, id).length).toBeLessThan(30);
    page.stop();
  });

  test('says what was removed', async () => {
    const id = await create();
    await database.pool().query(`update deployments d set status = 'failed', ended_at = now() where d.id = $1`, [id]);
    const page = await listen();
    await eventually(() => page.place).not.toBe('');

    await api.as('delete', `/api/v1/deployments/${id}`);

    await eventually(() => page.heard).toContainEqual({ name: 'removed', data: { topic: 'deployment', id } });
    page.stop();
  });

  test('loses nothing while writers commit in another order than they began, and pages come and go', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, create));
    const last = new Map<string, number>();
    let page = await listen();
    const done = new AbortController();
    const written = done.signal;
    const seen = new Map<string, number>();
    const collect = () => {
      for (const { name, data } of page.heard)
        if (name === 'deployment')
          seen.set(String(data['id']), Math.max(Number(data['percent']), seen.get(String(data['id'])) ?? 0));
    };

    const writers = ids.map(async (id, index) => {
      for (let percent = 1; percent <= 40; percent += 1) {
        const client = await database.pool().connect();
        await client.query('begin');
        await client.query('update attempts a set percent = $2 where a.deployment_id = $1', [id, percent]);
        // Each writer keeps its transaction open for another number of round trips.
        for (let wait = 0; wait < (index * 7 + percent) % 11; wait += 1) await client.query('select 1');
        await client.query('commit');
        client.release();
        last.set(id, percent);
      }
    });
    const visitor = (async () => {
      while (!written.aborted) {
        const reached = page.heard.length;
        await eventually(() => page.heard.length > reached || written.aborted).toBe(true);
        page.stop();
        collect();
        page = await listen('', page.place === '' ? {} : { 'last-event-id': page.place });
      }
    })();
    await Promise.all(writers);
    done.abort();
    await visitor;

    await eventually(() => {
      collect();
      return Object.fromEntries(seen);
    }).toMatchObject(Object.fromEntries(last));
    page.stop();
  });

  test('waits with what was committed until nothing older can appear, so that no place skips it', async () => {
    const [early, late] = [await create(), await create()];
    const page = await listen();
    await eventually(() => page.place).not.toBe('');
    const slow = await database.pool().connect();
    await slow.query('begin');
    await slow.query('update attempts a set percent = 11 where a.deployment_id = $1', [early]);

    await step(late, 22);
    const place = page.place;
    await slow.query('commit');
    slow.release();
    page.stop();
    const again = await listen('', { 'last-event-id': place });

    await eventually(() => rowsOf(again, early).at(-1)).toMatchObject({ percent: 11 });
    await eventually(() => rowsOf(again, late).at(-1)).toMatchObject({ percent: 22 });
    again.stop();
  });

  test('asks a page that was away too long to read everything again', async () => {
    const { headers } = await api.as('get', '/api/v1/deployments');
    await create();
    await create();
    await database.pool().query(`update changes c set created_at = now() - interval '2 days'`);
    const gone = await tidyUp(database.pool());

    const page = await listen(`?after=${String(headers['x-octofleet-cursor'])}`);
    const fresh = await listen(
      `?after=${String((await api.as('get', '/api/v1/deployments')).headers['x-octofleet-cursor'])}`,
    );

    expect(gone.changes).toBeGreaterThan(0);
    await eventually(() => page.heard[0]).toEqual({ name: 'reset', data: {} });
    const id = await create();
    await eventually(() => fresh.heard).toContainEqual(withRow(id));
    expect(fresh.heard.map(({ name }) => name)).not.toContain('reset');
    page.stop();
    fresh.stop();
  });

  test('comes through the loss of its listening connection', async () => {
    const page = await listen();
    await eventually(() => page.place).not.toBe('');

    await database.pool().query(
      `select pg_terminate_backend(a.pid) from pg_stat_activity a
        where a.datname = current_database() and a.query = 'listen octofleet_changes'`,
    );
    const id = await create();

    await eventually(() => page.heard).toContainEqual(withRow(id));
    page.stop();
  });

  test.each(['nonsense', '1', '-1.2', '1.2.3', '99999999999999999999.1'])('refuses the place %s', async (after) => {
    expect((await api.as('get', '/api/v1/stream').query({ after })).status).toBe(400);
  });

  test('ends when the service does, so that pages find the next one', async () => {
    const other = testApi(database.pool());
    const second = createServer(other.app);
    second.listen(0, '127.0.0.1');
    await once(second, 'listening');
    const request = get({
      port: (second.address() as AddressInfo).port,
      path: '/api/v1/stream',
      headers: { authorization: `Bearer ${API_TOKEN}` },
    });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const page = new Listening(response);
    await eventually(() => page.place).not.toBe('');

    await closeStreams(other.app);

    await eventually(() => page.ended).toBe(true);
    second.close();
  });
});

function withRow(id: string): unknown {
  return { name: 'deployment', data: expect.objectContaining({ id }) };
}

function rowsOf(page: Listening, id: string): readonly Record<string, unknown>[] {
  return page.heard.filter(({ name, data }) => name === 'deployment' && data['id'] === id).map(({ data }) => data);
}
