import { chmod, chown, lstat, mkdir, mkdtemp, realpath, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { firstBarrier } from './server-user.ts';
import type { ServerUser } from './server-user.ts';

/** Where root keeps the files of a PostgreSQL whose user may not enter the data directory (a home folder, say). */
const ROOTS_PLACE = '/var/lib/octofleet';

/**
 * `<dataDir>/postgres`, made on the first start. When we are root and PostgreSQL's user cannot get there, the files
 * live under /var/lib/octofleet and `<dataDir>/postgres` is a link to them: the data directory still leads to
 * everything, and one that was removed starts empty. We never open somebody's home folder to make a way.
 */
export async function openHome(
  dataDir: string,
  user: ServerUser | undefined,
  onLog: (line: string) => void,
): Promise<string> {
  const home = path.join(dataDir, 'postgres');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if ((await lstat(home).catch(() => undefined)) === undefined) await makeHome(home, user, onLog);
  const real = await realpath(home).catch((error: unknown) => {
    throw new Error(`${home} is a link to PostgreSQL's files, and they are gone; remove the link to start empty`, {
      cause: error,
    });
  });
  if (user === undefined) return real;
  await letIn(dataDir, real);
  const barrier = await firstBarrier(real, user);
  if (barrier === undefined) return real;
  throw new Error(
    `PostgreSQL runs as ${user.name}, who may not enter ${barrier}; move the data directory (OCTOFLEET_DATA_DIR) or allow it with chmod o+x`,
  );
}

async function makeHome(home: string, user: ServerUser | undefined, onLog: (line: string) => void): Promise<void> {
  const above = path.dirname(await realpath(path.dirname(home)));
  if (user === undefined || (await firstBarrier(above, user)) === undefined) {
    await mkdir(home, { mode: 0o700 });
    return;
  }
  await mkdir(ROOTS_PLACE, { recursive: true });
  await chmod(ROOTS_PLACE, 0o711);
  const elsewhere = await mkdtemp(path.join(ROOTS_PLACE, 'postgres-'));
  await symlink(elsewhere, home);
  onLog(`${user.name} may not enter ${home}, so PostgreSQL's files are in ${elsewhere}`);
}

/** The two folders that are ours may be passed through by PostgreSQL's user; it still cannot list or read in them. */
async function letIn(dataDir: string, home: string): Promise<void> {
  for (const folder of new Set([await realpath(dataDir), home])) {
    const { mode } = await stat(folder);
    if ((mode & 0o001) === 0) await chmod(folder, (mode & 0o7777) | 0o001);
  }
}

/** A folder for PostgreSQL itself, closed to everybody else. */
export async function makePrivateFolder(folder: string, user: ServerUser | undefined): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  if (user !== undefined) await chown(folder, user.uid, user.gid);
}
