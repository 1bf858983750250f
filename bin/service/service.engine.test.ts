import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../../temporal/embedded/ports.ts';
import { processesWith, until } from '../../test/processes.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Under npm it would be watched for; here the test itself is the parent. */
const NOT_OURS = ['npm_lifecycle_event', 'DATABASE_URL', 'TEMPORAL_ADDRESS'];

let dataDir: string;
let env: NodeJS.ProcessEnv;
const started: ChildProcess[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'octofleet-service-'));
  const inherited = Object.entries(process.env).filter(
    ([name]) => !NOT_OURS.includes(name) && !name.startsWith('OCTOFLEET_'),
  );
  env = {
    ...Object.fromEntries(inherited),
    NODE_ENV: 'production',
    OCTOFLEET_DATA_DIR: dataDir,
    OCTOFLEET_DEMO: 'false',
    OCTOFLEET_PORT: String(await freePort()),
    OCTOFLEET_TEMPORAL_UI_PORT: String(await freePort()),
  };
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await until(async () => (await processesWith(dataDir)).length === 0 || undefined);
  await rm(dataDir, { recursive: true, force: true });
});

interface Output {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly exit: Promise<number | null>;
}

function run(file: string, args: readonly string[], more: NodeJS.ProcessEnv = env): Output {
  const child = spawn(file, args, { cwd: ROOT, env: more, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (text += piece.toString()));
  return { child, text: () => text, exit: new Promise((resolve) => child.once('exit', (code) => resolve(code))) };
}

function serve(more?: NodeJS.ProcessEnv): Output {
  return run(process.execPath, ['--import', 'tsx', 'bin/serve.ts'], more);
}

async function untilReady(service: Output): Promise<void> {
  await until(async () => {
    if (service.child.exitCode !== null) throw new Error(`the service has ended:\n${service.text()}`);
    const answer = await fetch(`http://127.0.0.1:${env['OCTOFLEET_PORT'] ?? ''}/readyz`).catch(() => undefined);
    return answer?.ok === true ? true : undefined;
  });
}

/** Everything the service started carries the data directory in its words. */
async function untilNothingRuns(): Promise<void> {
  await until(async () => (await processesWith(dataDir)).length === 0 || undefined);
}

test(
  'SIGTERM stops everything in order, and the next start resumes on the same folder',
  { timeout: 120_000 },
  async () => {
    const first = serve();
    await untilReady(first);

    first.child.kill('SIGTERM');
    expect(await first.exit).toBe(0);
    await untilNothingRuns();
    expect(first.text()).toContain('Everything is stopped.');

    await untilReady(serve());
  },
);

test('kill -9 of the service leaves nothing behind', { timeout: 120_000 }, async () => {
  const service = serve();
  await untilReady(service);
  expect((await processesWith(dataDir)).length).toBeGreaterThanOrEqual(2);

  service.child.kill('SIGKILL');

  await untilNothingRuns();
});

test.each(['SIGTERM', 'SIGKILL'] as const)(
  '%s to npm itself stops the service too',
  { timeout: 120_000 },
  async (signal) => {
    const npm = run('npm', ['start']);
    await untilReady(npm);

    npm.child.kill(signal);

    await untilNothingRuns();
    await until(() =>
      fetch(`http://127.0.0.1:${env['OCTOFLEET_PORT'] ?? ''}/healthz`).then(
        () => undefined,
        () => true,
      ),
    );
  },
);

test(
  'PostgreSQL and Temporal are started again when they die, and the service says ready again',
  { timeout: 120_000 },
  async () => {
    const service = serve();
    await untilReady(service);
    const children = await processesWith(dataDir);

    for (const pid of children) process.kill(pid, 'SIGKILL');
    await until(async () => {
      const now = await processesWith(dataDir);
      return now.some((pid) => !children.includes(pid)) || undefined;
    });

    await untilReady(service);
  },
);

test('a second start on the same folder says so in one sentence', { timeout: 120_000 }, async () => {
  const first = serve();
  await untilReady(first);

  const second = serve();

  expect(await second.exit).toBe(1);
  expect(second.text().trim().split('\n')).toHaveLength(1);
  expect(second.text()).toContain(`an Octofleet (process ${first.child.pid ?? 0}) already runs on ${dataDir}`);
});

test('a busy port is named with its variable, and nothing is left half-started', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  const { port } = await until(() => (other.address() as AddressInfo | null) ?? undefined);

  const service = serve({ ...env, OCTOFLEET_PORT: String(port) });

  expect(await service.exit).toBe(1);
  expect(service.text()).toContain(`port ${port} on 127.0.0.1 is taken`);
  expect(service.text()).toContain('OCTOFLEET_PORT');
  await untilNothingRuns();
  other.close();
});

test('a wrong value is named with its variable', async () => {
  const service = serve({ ...env, OCTOFLEET_DEMO: 'perhaps' });

  expect(await service.exit).toBe(1);
  expect(service.text()).toContain('OCTOFLEET_DEMO');
});

test('a database that cannot be reached is named without its password', async () => {
  const service = serve({ ...env, DATABASE_URL: 'postgres://someone:secret-word@127.0.0.1:1/nothing' });

  expect(await service.exit).toBe(1);
  expect(service.text()).toContain('127.0.0.1:1/nothing');
  expect(service.text()).not.toContain('secret-word');
});
