import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PINNED_CLI, findCli } from './cli.ts';
import type { FindCliOptions } from './cli.ts';

let folder: string;
let site: Server;
let archive: Buffer | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'octofleet-cli-'));
  archive = undefined;
  site = createServer((_req, res) => {
    if (archive === undefined) res.writeHead(404).end();
    else res.end(archive);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  site.close();
  await rm(folder, { recursive: true, force: true });
});

/** No Go and no `temporal` on PATH; the download site is our own. */
function options(more: Partial<FindCliOptions> = {}): FindCliOptions {
  return {
    cliPath: undefined,
    cacheDir: path.join(folder, 'cache'),
    env: { NODE_ENV: 'test', PATH: '' },
    onProgress: () => undefined,
    downloadBase: `http://127.0.0.1:${(site.address() as AddressInfo).port}`,
    goFolders: [],
    ...more,
  };
}

async function program(file: string, serverVersion: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho "temporal version 9.9 (Server ${serverVersion}, UI 1.0.0)"\n`);
  await chmod(file, 0o755);
  return file;
}

test('TEMPORAL_CLI_PATH is taken before everything else', async () => {
  const named = await program(path.join(folder, 'named', 'temporal'), '1.2.3');
  await program(path.join(folder, 'path', 'temporal'), '4.5.6');

  const cli = await findCli(options({ cliPath: named, env: { NODE_ENV: 'test', PATH: path.join(folder, 'path') } }));

  expect(cli).toEqual({ file: named, serverVersion: '1.2.3' });
});

test('a TEMPORAL_CLI_PATH that does not run is an error that names the variable', async () => {
  await expect(findCli(options({ cliPath: path.join(folder, 'absent') }))).rejects.toThrow(/TEMPORAL_CLI_PATH/);
});

test('the program on PATH is taken before the cached one, the cached one before a download', async () => {
  const cached = await program(path.join(folder, 'cache', `temporal-${PINNED_CLI}`, 'temporal'), '1.0.0');
  const onPath = await program(path.join(folder, 'path', 'temporal'), '2.0.0');

  expect(await findCli(options({ env: { NODE_ENV: 'test', PATH: path.join(folder, 'path') } }))).toMatchObject({
    file: onPath,
  });
  expect(await findCli(options())).toMatchObject({ file: cached });
});

test('a downloaded program is unpacked, tried, and found again without the network', async () => {
  await program(path.join(folder, 'made', 'temporal'), '3.0.0');
  await promisify(execFile)('tar', [
    '-czf',
    path.join(folder, 'a.tar.gz'),
    '-C',
    path.join(folder, 'made'),
    'temporal',
  ]);
  archive = await readFile(path.join(folder, 'a.tar.gz'));

  const first = await findCli(options());
  archive = undefined;

  expect(first.serverVersion).toBe('3.0.0');
  expect(await findCli(options())).toEqual(first);
});

test('half an archive never becomes the cached program', async () => {
  archive = Buffer.from('this is no archive');

  await expect(findCli(options())).rejects.toThrow(/What was tried/);

  expect(await readdir(path.join(folder, 'cache'))).toEqual([]);
});

test('when nothing helps, the error lists every way to cure it', async () => {
  const failure = findCli(options());

  for (const way of ['TEMPORAL_ADDRESS', 'TEMPORAL_CLI_PATH', 'temporal.download', 'Go 1.25', 'answered 404']) {
    await expect(failure).rejects.toThrow(way);
  }
});
