import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processesWith, until } from '../../test/processes.ts';
import { startEmbeddedPostgres } from '../embedded-postgres.ts';
import type { EmbeddedPostgres } from '../embedded-postgres.ts';

let dataDir: string;
const started: EmbeddedPostgres[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'octofleet-pg-'));
});

afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(folder = dataDir): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir: folder, onLog: () => undefined });
  started.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<Record<string, string>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, string>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('what is committed survives kill -9 of the server, which comes back by itself at the same address', async () => {
  const server = await start();
  await query(server.url, `create table kept (word text); insert into kept values ('here')`);
  const before = server.pid();

  process.kill(before, 'SIGKILL');
  await until(() => server.pid() !== before || undefined);
  const rows = await until(() => query(server.url, 'select k.word from kept k').catch(() => undefined));

  expect(rows).toEqual([{ word: 'here' }]);
});

test('it keeps its promises on disk and listens on nothing but its socket', async () => {
  const server = await start();

  const [settings] = await query(
    server.url,
    `select current_setting('fsync') as fsync, current_setting('full_page_writes') as pages,
      current_setting('synchronous_commit') as commits, current_setting('listen_addresses') as addresses,
      current_setting('data_checksums') as checksums`,
  );

  expect(settings).toEqual({ fsync: 'on', pages: 'on', commits: 'on', addresses: '', checksums: 'on' });
});

test('a wrong password does not get in', async () => {
  const { url } = await start();
  const wrong = new URL(url);
  wrong.password = 'guessed';

  await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
});

test('two folders are two servers', async () => {
  const other = await mkdtemp(path.join(tmpdir(), 'octofleet-pg-other-'));
  const [first, second] = [await start(), await start(other)];

  await query(first.url, 'create table only_here ()');

  await expect(query(second.url, 'select * from only_here')).rejects.toMatchObject({ code: '42P01' });
  await second.stop();
  started.pop();
  await rm(other, { recursive: true, force: true });
});

test('a second start on the same folder is refused while the first one lives', async () => {
  await start();

  await expect(start()).rejects.toThrow(`in use by process ${process.pid}`);
});

test('a postmaster.pid whose number belongs to another program now is no obstacle', async () => {
  await (await start()).stop();
  started.pop();
  await writeFile(path.join(dataDir, 'postgres', 'data', 'postmaster.pid'), `${process.ppid}\n`);

  const server = await start();

  expect(await query(server.url, 'select 1 as one')).toHaveLength(1);
});

test('a data directory of another major version is refused with a sentence that names both', async () => {
  await (await start()).stop();
  started.pop();
  await writeFile(path.join(dataDir, 'postgres', 'data', 'PG_VERSION'), '15\n');

  await expect(start()).rejects.toThrow(/made by PostgreSQL 15, and this Octofleet brings PostgreSQL 18/);
});

test('a folder whose name is too long for a socket works all the same', async () => {
  const deep = path.join(dataDir, 'x'.repeat(120));

  const server = await start(deep);

  expect(await query(server.url, 'select 1 as one')).toHaveLength(1);
});

test('kill -9 of the parent leaves no server, and the next start needs no help', async () => {
  const script = path.join(dataDir, 'parent.mts');
  const module = JSON.stringify(new URL('../embedded-postgres.ts', import.meta.url).href);
  await writeFile(
    script,
    `const { startEmbeddedPostgres } = await import(${module});
     const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, onLog() {} });
     console.log(server.pid());
     setInterval(() => {}, 1000);`,
  );
  const parent = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => parent.stdout.once('data', resolve));

  parent.kill('SIGKILL');
  await until(async () => (await processesWith(`${dataDir}/postgres/data`)).length === 0 || undefined);
  const server = await start();

  expect(await query(server.url, 'select 1 as one')).toHaveLength(1);
});

test('the password lies in a file that only we can read', async () => {
  await start();
  const { mode } = await (await import('node:fs/promises')).stat(path.join(dataDir, 'postgres', 'password'));

  expect(mode & 0o077).toBe(0);
  expect(await readFile(path.join(dataDir, 'postgres', 'password'), 'utf8')).toMatch(/^[\w-]{32}$/);
});
