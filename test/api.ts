import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Express } from 'express';
import request from 'supertest';
import type { Test } from 'supertest';
import type pg from 'pg';
import { expect } from 'vitest';
import { createApp } from '../api/app.ts';
import type { ApiDeps, AssetStore } from '../api/deps.ts';
import { createLog } from '../api/log.ts';
import { recordAsset } from '../db/assets.ts';
import { insertImage } from '../db/images.ts';
import type { DeployMachineInput } from '../domain/deploy-input.ts';
import { DomainError } from '../domain/errors.ts';
import { ROLES_NEEDED } from '../domain/image.ts';
import type { Family } from '../domain/image.ts';
import { Keyring } from '../keyring.ts';
import type { Engine } from '../temporal/engine.ts';

export const API_TOKEN = 'a-token-for-the-tests-0123456789';
export const PUBLIC_URL = 'http://192.0.2.10:8080';

/** An engine that remembers what it was told. `up` false: it does not answer. */
export class FakeEngine implements Engine {
  up = true;
  readonly begun: DeployMachineInput[] = [];
  readonly told: unknown[] = [];
  /** What else happens when a command arrives; the real one lets its workflow write the row. */
  onCancel: (deploymentId: string) => Promise<void> = async () => undefined;

  async begin(input: DeployMachineInput): Promise<void> {
    this.#requireUp();
    this.begun.push(input);
  }
  async report(): Promise<'delivered'> {
    this.#requireUp();
    return 'delivered';
  }
  async retry(command: object): Promise<void> {
    this.#remember('retry', command);
  }
  async extend(command: object): Promise<Date> {
    this.#remember('extend', command);
    return new Date('2031-01-01T00:00:00Z');
  }
  async fail(command: object): Promise<void> {
    this.#remember('fail', command);
  }
  async cancel(command: { readonly deploymentId: string }): Promise<void> {
    this.#remember('cancel', command);
    await this.onCancel(command.deploymentId);
  }
  health(): { server: boolean; worker: boolean } {
    return { server: this.up, worker: this.up };
  }
  #remember(what: string, command: object): void {
    this.#requireUp();
    this.told.push({ what, ...command });
  }
  #requireUp(): void {
    if (!this.up) throw new DomainError('engine-unavailable', 'The workflow engine does not answer.');
  }
}

/** Keeps files in memory. */
export class FakeAssets implements AssetStore {
  readonly files = new Map<string, Buffer>();

  async find(sha256: string): Promise<{ path: string; size: number } | undefined> {
    const found = this.files.get(sha256);
    return found === undefined ? undefined : { path: '/nowhere', size: found.length };
  }
  async put(
    content: Parameters<AssetStore['put']>[0],
    options?: Parameters<AssetStore['put']>[1],
  ): Promise<{ sha256: string; size: number }> {
    const bytes = await buffer(content);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (options?.expectedSha256 !== undefined && options.expectedSha256 !== sha256)
      throw new DomainError('invalid-settings', 'The file has another digest than expected.');
    this.files.set(sha256, bytes);
    return { sha256, size: bytes.length };
  }
  async remove(sha256: string): Promise<void> {
    this.files.delete(sha256);
  }
}

export interface TestApi {
  readonly app: Express;
  readonly deps: ApiDeps;
  readonly engine: FakeEngine;
  readonly assets: FakeAssets;
  /** A request with an administrator's token. */
  readonly as: (method: 'get' | 'post' | 'put' | 'patch' | 'delete', path: string) => Test;
}

/** The whole service on a database of the test's own, with an engine and a file store of this file. */
export function testApi(pool: pg.Pool, changes: Partial<ApiDeps> = {}): TestApi {
  const engine = new FakeEngine();
  const assets = new FakeAssets();
  const deps: ApiDeps = {
    pool,
    keyring: new Keyring(Keyring.generate()),
    engine,
    assets,
    log: createLog('silent'),
    publicUrl: PUBLIC_URL,
    apiToken: API_TOKEN,
    temporalUi: { url: 'http://192.0.2.10:8233', namespace: 'octofleet' },
    drift: () => 0,
    ...changes,
  };
  const app = createApp(deps);
  return {
    app,
    deps,
    engine,
    assets,
    as: (method, path) => request(app)[method](path).set('Authorization', `Bearer ${API_TOKEN}`),
  };
}

/** An image that can be installed at once: it and every file it needs are there. Answers with its id. */
export async function readyImage(
  { deps, assets }: TestApi,
  family: Family = 'linux',
  options: { readonly demo?: boolean } = {},
): Promise<string> {
  const demo = options.demo ?? false;
  const sha256 = await store('image');
  for (const role of ROLES_NEEDED[family]) await store(role);
  const base = { name: `image ${sha256.slice(0, 12)}`, assetSha256: sha256, demo };
  return insertImage(
    deps.pool,
    family === 'windows'
      ? { ...base, kind: 'wim', family, edition: 'ServerStandard', wimIndex: 2 }
      : { ...base, kind: 'raw-disk', family, compression: 'gzip', diskSize: 1024 * 1024 },
  );

  async function store(role: 'image' | (typeof ROLES_NEEDED)[Family][number]): Promise<string> {
    const bytes = randomBytes(32);
    const digest = createHash('sha256').update(bytes).digest('hex');
    assets.files.set(digest, bytes);
    await recordAsset(deps.pool, { sha256: digest, name: `${role}.bin`, role, size: bytes.length, demo });
    return digest;
  }
}

/** Waits for a condition, generously: the machine that tests run on may be busy. */
export function eventually<T>(look: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(look, { timeout: 20_000, interval: 20 });
}

let lastMac = 0;

/** An address that no other test has. */
export function freshMac(): string {
  lastMac += 1;
  return `52:54:00:${(lastMac >> 16).toString(16).padStart(2, '0')}:${((lastMac >> 8) & 255).toString(16).padStart(2, '0')}:${(lastMac & 255).toString(16).padStart(2, '0')}`;
}
