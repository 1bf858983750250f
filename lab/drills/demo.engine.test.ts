import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../config.ts';
import { startDemo } from '../demo.ts';
import { managementAt, pageOf } from '../management.ts';
import type { Management } from '../management.ts';
import { eventually } from './eventually.ts';
import { openHouse } from './house.ts';
import type { House } from './house.ts';

const Row = z.object({ id: z.string(), demo: z.boolean(), status: z.string().optional() });

let house: House;
let api: Management;
let folder: string;
beforeAll(async () => {
  const { cacheDir, temporal } = loadConfig(process.env);
  house = await openHouse({ cacheDir, cliPath: temporal.cliPath, env: process.env });
  api = managementAt({ baseUrl: house.url, apiToken: house.apiToken, signal: AbortSignal.timeout(300_000) });
  folder = await mkdtemp(path.join(tmpdir(), 'octofleet-demo-'));
});
afterAll(async () => {
  await house.stop();
  await rm(folder, { recursive: true, force: true });
});

const deployments = async () => (await api.get('/deployments', pageOf(Row))).items;

describe('the demo', () => {
  it('goes on where it was when the service is stopped in the middle', { timeout: 120_000 }, async () => {
    const memoryFile = path.join(folder, 'demo', 'machine.json');
    const said: string[] = [];
    const start = (signal: AbortSignal): Promise<void> =>
      startDemo({
        baseUrl: house.url,
        apiToken: house.apiToken,
        memoryFile,
        signal,
        log: (line) => said.push(line),
        speed: 100,
      });
    const firstRun = new AbortController();
    const first = start(firstRun.signal);
    await eventually('the disk is erased', async () =>
      (await readFile(memoryFile, 'utf8').catch(() => '')).includes('half-a-system') ? true : undefined,
    );
    firstRun.abort();
    await first;
    await house.kill('api');
    await house.isUp('api');

    await start(new AbortController().signal);

    const done = await eventually('the demo has succeeded', async () =>
      (await deployments()).find(({ status }) => status === 'succeeded'),
    );
    expect(said.at(-1)).toBe('The demo is done.');
    expect(await deployments()).toEqual([expect.objectContaining({ id: done.id, demo: true })]);
  });

  it('is given once, and all of it is marked', { timeout: 60_000 }, async () => {
    await startDemo({
      baseUrl: house.url,
      apiToken: house.apiToken,
      memoryFile: path.join(folder, 'another', 'machine.json'),
      signal: new AbortController().signal,
      log: () => undefined,
      speed: 100,
    });

    expect(await deployments()).toHaveLength(1);
    for (const path of ['/machines', '/images', '/assets', '/systems']) {
      const { items } = await api.get(path, pageOf(z.object({ demo: z.boolean() })));
      expect(items.map(({ demo }) => demo)).not.toContain(false);
    }
  });
});
