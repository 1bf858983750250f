import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config.ts';
import { drill } from './drill.ts';
import { openHouse, VICTIMS } from './house.ts';
import type { House } from './house.ts';
import { Scene } from './scene.ts';

let house: House;
let scene: Scene;
const power = new AbortController();
beforeAll(async () => {
  const { cacheDir, temporal } = loadConfig(process.env);
  house = await openHouse({ cacheDir, cliPath: temporal.cliPath, env: process.env });
  scene = await Scene.in(house, power.signal);
});
afterAll(async () => {
  power.abort();
  await house.stop();
});

describe('a deployment in whose every phase a part of the service is killed', () => {
  it.each(VICTIMS)('succeeds all the same: %s', { timeout: 180_000 }, async (victim) => {
    const report = await drill(victim, { house, scene, signal: power.signal });

    expect(report.kills).toHaveLength(9);
  });
});
