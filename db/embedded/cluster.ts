import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { BARE_ENVIRONMENT, boundToUs } from '../../process/bound-command.ts';
import type { Binaries } from './binaries.ts';
import { makePrivateFolder } from './home.ts';
import type { ServerUser } from './server-user.ts';

/** Our role in the embedded server, and the name of its database. */
export const OWNER = 'octofleet';

export interface Cluster {
  readonly folder: string;
  readonly password: string;
}

/** The data directory proper, made on the first start; one of another major version is refused. */
export async function openCluster(home: string, binaries: Binaries, user: ServerUser | undefined): Promise<Cluster> {
  const folder = path.join(home, 'data');
  const passwordFile = path.join(home, 'password');
  if ((await stat(folder).catch(() => undefined)) === undefined) {
    const password = randomBytes(24).toString('base64url');
    await writeFile(passwordFile, password, { mode: 0o600 });
    await initialise(folder, password, binaries, user);
  }
  await refuseOtherMajor(folder, binaries);
  return { folder, password: (await readFile(passwordFile, 'utf8')).trim() };
}

async function initialise(folder: string, password: string, binaries: Binaries, user?: ServerUser): Promise<void> {
  // Made under another name and renamed: a first start that was interrupted is simply made again.
  const making = `${folder}.making`;
  const handOver = `${folder}.hand-over`;
  for (const left of [making, handOver]) await rm(left, { recursive: true, force: true });
  await makePrivateFolder(handOver, user);
  await makePrivateFolder(making, user);
  const passwordFile = path.join(handOver, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
  const { file, args, ...identity } = await boundToUs(
    {
      file: binaries.initdb,
      args: [
        '-D',
        making,
        '-U',
        OWNER,
        '-E',
        'UTF8',
        '--locale=C.UTF-8',
        '-A',
        'scram-sha-256',
        '--pwfile',
        passwordFile,
      ],
    },
    { deathSignal: 'TERM', runAs: user },
  );
  try {
    await promisify(execFile)(file, [...args], {
      ...identity,
      cwd: '/',
      env: BARE_ENVIRONMENT,
    });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new Error(`PostgreSQL's data directory ${folder} could not be made:\n  ${said}`, { cause: error });
  } finally {
    await rm(handOver, { recursive: true, force: true });
  }
  await rename(making, folder);
}

async function refuseOtherMajor(folder: string, binaries: Binaries): Promise<void> {
  const { stdout } = await promisify(execFile)(binaries.postgres, ['--version']);
  const ours = /(\d+)\.\d+/.exec(stdout)?.[1];
  const theirs = (await readFile(path.join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (theirs === ours) return;
  throw new Error(
    `${folder} was made by PostgreSQL ${theirs}, and this Octofleet brings PostgreSQL ${ours ?? stdout}: start it with the Octofleet that made it, or set DATABASE_URL to a PostgreSQL ${theirs} that serves it`,
  );
}
