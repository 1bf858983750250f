import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, readlink, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, get, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import express from 'express';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { closedPool } from '../../test/closed-pool.ts';
import { createLog } from '../log.ts';
import type { Log } from '../log.ts';
import { problemHandler } from '../problem.ts';
import { assetAdminRoutes } from '../routes/assets.ts';
import { openAssetStore } from './asset-store.ts';
import { readRange } from './range.ts';
import { assetRoutes } from './routes.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'octofleet-assets-'));
});
afterAll(() => rm(dir, { recursive: true }));

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
/** Files of the tests' folder that this process holds open. Linux tells. */
async function openFiles(): Promise<readonly string[]> {
  const targets = (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''));
  return (await Promise.all(targets)).filter((target) => target.startsWith(dir));
}

const filesIn = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());

async function store(options: { readonly free?: () => number } = {}) {
  const folder = await mkdtemp(path.join(dir, 'store-'));
  const { free } = options;
  const assets = await openAssetStore({
    dir: folder,
    reserveBytes: 1_000,
    ...(free === undefined ? {} : { freeBytes: () => Promise.resolve(free()) }),
  });
  return { folder, assets };
}

describe('the file store', () => {
  test('keeps a file under its digest', async () => {
    const { assets, folder } = await store();
    const bytes = randomBytes(3_000_000);

    const put = await assets.put(Readable.from([bytes.subarray(0, 1_000), bytes.subarray(1_000)]));

    expect(put).toEqual({ sha256: sha256(bytes), size: bytes.length });
    const found = await assets.find(put.sha256);
    expect(found).toEqual({ path: path.join(folder, put.sha256.slice(0, 2), put.sha256), size: bytes.length });
    expect(await readFile(found!.path)).toEqual(bytes);
  });

  test('keeps the same content once, and forgets it when told', async () => {
    const { assets, folder } = await store();
    await assets.put(Readable.from([Buffer.from('twice')]));
    const { sha256: digest } = await assets.put(Readable.from([Buffer.from('twice')]));
    expect(await filesIn(folder)).toHaveLength(1);

    await assets.remove(digest);

    expect(await assets.find(digest)).toBeUndefined();
    await assets.remove(digest);
  });

  test('leaves nothing of an upload that broke off or has another digest than promised', async () => {
    const { assets, folder } = await store();
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half a f');
        await Promise.reject(new Error('connection reset'));
      })(),
    );

    await expect(assets.put(broken)).rejects.toThrow('connection reset');
    await expect(
      assets.put(Readable.from([Buffer.from('x')]), { expectedSha256: 'f'.repeat(64) }),
    ).rejects.toMatchObject({ code: 'invalid-settings' });

    expect(await filesIn(folder)).toEqual([]);
  });

  test('shows nothing of an upload before its last byte, and nothing of one whose client goes away', async () => {
    const { assets, folder } = await store();
    const app = express().use(assetAdminRoutes({ pool: closedPool(), assets }), problemHandler(createLog('silent')));
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bytes = randomBytes(200_000);
    const upload = httpRequest({
      port: (server.address() as AddressInfo).port,
      method: 'POST',
      path: '/assets?role=wimboot&name=wimboot',
      headers: { 'content-length': bytes.length },
    });
    upload.on('error', () => undefined);
    upload.write(bytes.subarray(0, 150_000));
    await vi.waitFor(async () => expect(await filesIn(path.join(folder, 'incoming'))).toHaveLength(1));
    expect(await filesIn(folder)).toHaveLength(1);
    expect(await assets.find(sha256(bytes))).toBeUndefined();

    upload.destroy();

    await vi.waitFor(async () => expect(await filesIn(folder)).toEqual([]));
    server.close();
  });

  test('refuses before the disk is full, at the start and on the way, and leaves nothing', async () => {
    const full = await store({ free: () => 999 });
    await expect(full.assets.put(Readable.from([Buffer.from('x')]))).rejects.toMatchObject({ code: 'disk-full' });

    const looks = [5_000_000, 999];
    const filling = await store({ free: () => looks.shift() ?? 999 });
    const piece = Buffer.alloc(8 * 1024 * 1024);
    await expect(filling.assets.put(Readable.from([piece, piece, piece, piece, piece]))).rejects.toMatchObject({
      code: 'disk-full',
    });

    expect(await filesIn(filling.folder)).toEqual([]);
  });

  test('looks at no path but those of digests', async () => {
    const { assets, folder } = await store();
    await writeFile(path.join(folder, 'secret'), 'x');

    for (const name of ['../secret', 'secret', '', 'A'.repeat(64), `${'a'.repeat(64)}/..`, `${'a'.repeat(64)}\n`])
      expect(await assets.find(name)).toBeUndefined();
  });

  test('clears uploads that died with their process, and no others', async () => {
    const { folder } = await store();
    const [old, fresh] = [path.join(folder, 'incoming/old.part'), path.join(folder, 'incoming/fresh.part')];
    await mkdir(path.dirname(old), { recursive: true });
    for (const file of [old, fresh]) await writeFile(file, 'x');
    await utimes(old, new Date(0), new Date(0));

    await openAssetStore({ dir: folder });

    expect((await filesIn(folder)).map(({ name }) => name)).toEqual(['fresh.part']);
  });
});

describe('ranges', () => {
  test.each([
    [undefined, 10, 'whole'],
    ['bytes=0-', 10, { start: 0, end: 9 }],
    ['bytes=2-3', 10, { start: 2, end: 3 }],
    ['bytes=2-99', 10, { start: 2, end: 9 }],
    ['bytes=-3', 10, { start: 7, end: 9 }],
    ['bytes=-99', 10, { start: 0, end: 9 }],
    ['bytes=9-9', 10, { start: 9, end: 9 }],
    ['bytes=10-', 10, 'unsatisfiable'],
    ['bytes=-0', 10, 'unsatisfiable'],
    ['bytes=0-', 0, 'unsatisfiable'],
    ['bytes=3-2', 10, 'whole'],
    ['bytes=0-1,3-4', 10, 'whole'],
    ['bytes=-', 10, 'whole'],
    ['bytes=a-b', 10, 'whole'],
    ['items=0-1', 10, 'whole'],
    [`bytes=${'9'.repeat(40)}-`, 10, 'whole'],
  ])('%s of %i bytes is %j', (header, size, expected) => {
    expect(readRange(header, size)).toEqual(expected);
  });
});

describe('GET /assets', () => {
  const bytes = randomBytes(2_500_000);
  const digest = sha256(bytes);
  const url = `/assets/${digest}/boot.wim`;

  async function app(log: Log = createLog('silent')) {
    const { assets } = await store();
    await assets.put(Readable.from([bytes]));
    await assets.put(Readable.from([Buffer.alloc(0)]));
    return express().use(assetRoutes({ assets, log }));
  }

  test('answers the whole file, which may be kept for ever', async () => {
    const res = await request(await app())
      .get(url)
      .buffer()
      .expect(200);

    expect(res.body).toEqual(bytes);
    expect(res.headers).toMatchObject({
      'content-length': String(bytes.length),
      'content-type': 'application/octet-stream',
      'accept-ranges': 'bytes',
      etag: `"${digest}"`,
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });

  test('answers a part of it', async () => {
    const server = await app();

    const part = await request(server).get(url).set('Range', 'bytes=1000000-2200000').buffer().expect(206);
    expect(part.headers['content-range']).toBe(`bytes 1000000-2200000/${bytes.length}`);
    expect(part.body).toEqual(bytes.subarray(1_000_000, 2_200_001));

    await request(server)
      .get(url)
      .set('Range', `bytes=${bytes.length}-`)
      .expect(416)
      .expect('Content-Range', `bytes */${bytes.length}`);
    await request(server).get(url).set('Range', 'bytes=0-1').set('If-Range', '"other"').expect(200);
    await request(server).get(url).set('Range', 'bytes=0-1').set('If-Range', `"${digest}"`).expect(206);
  });

  test('HEAD tells the size alone; a client that has the file is told so', async () => {
    const server = await app();

    await request(server).head(url).expect(200).expect('Content-Length', String(bytes.length));
    for (const tag of [`"${digest}"`, `W/"${digest}"`, `"a", "${digest}"`, '*'])
      await request(server).get(url).set('If-None-Match', tag).expect(304);
    await request(server).get(url).set('If-None-Match', '"other"').expect(200);
  });

  test('no answer keeps its file open', async () => {
    const server = await app();

    await request(server).get(url).expect(200);
    await request(server).get(url).set('Range', 'bytes=5-9').expect(206);
    await request(server).get(url).set('Range', 'bytes=9999999-').expect(416);
    await request(server).get(url).set('If-None-Match', '*').expect(304);
    await request(server).head(url).expect(200);

    await vi.waitFor(async () => expect(await openFiles()).toEqual([]));
  });

  test('an empty file is an empty answer', async () => {
    await request(await app())
      .get(`/assets/${sha256(Buffer.alloc(0))}/empty`)
      .expect(200)
      .expect('Content-Length', '0');
  });

  test.each([
    [404, `/assets/${'0'.repeat(64)}/boot.wim`],
    [404, `/assets/${digest.toUpperCase()}/boot.wim`],
    [404, '/assets/..%2f..%2fetc/passwd'],
    [404, `/assets/%2e%2e%2f${digest}/x`],
    [404, '/assets/x'],
    [404, `/assets/${digest}`],
    [400, `/assets/${digest}/%zz`],
  ])('answers %i for %s', async (status, path) => {
    const res = await request(await app())
      .get(path)
      .expect(status);

    expect(res.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  test('the name is never a path', async () => {
    const res = await request(await app())
      .get(`/assets/${digest}/%2e%2e%2f%2e%2e%2fetc%2fpasswd`)
      .buffer()
      .expect(200);

    expect(res.body).toEqual(bytes);
  });

  test('other methods are refused', async () => {
    await request(await app())
      .post(url)
      .send('x')
      .expect(405);
    await request(await app())
      .delete(url)
      .expect(405);
  });

  test('a client that goes away in the middle troubles nobody', async () => {
    const complaints: string[] = [];
    const note = (_fields: object, message: string) => void complaints.push(message);
    const server = createServer(await app({ debug: note, info: note, warn: note, error: note }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;

    await new Promise<void>((resolve) => {
      const asked = get({ port, path: url }, (res) => {
        res.once('data', () => asked.destroy());
        res.once('close', resolve).once('error', () => undefined);
      });
    });
    const again = await request(server).head(url);
    await new Promise((resolve) => server.close(resolve));

    await vi.waitFor(async () => expect(await openFiles()).toEqual([]));
    expect(again.status).toBe(200);
    expect(complaints).toEqual([]);
  });
});
