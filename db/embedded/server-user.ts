import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { RunAs } from '../../process/bound-command.ts';

export interface ServerUser extends RunAs {
  readonly name: string;
}

/**
 * Who PostgreSQL runs as. It refuses to be root, so root lends it the owner of its existing files, else the system's
 * `postgres` user, else `nobody`. An ordinary user runs it as himself: undefined.
 */
export async function serverUser(dataFolder: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = parseUsers(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  const owner = (await stat(dataFolder).catch(() => undefined))?.uid;
  return (
    users.find((user) => user.uid === owner && owner !== 0) ??
    users.find((user) => user.name === 'postgres') ??
    users.find((user) => user.name === 'nobody') ?? { name: 'nobody', uid: 65_534, gid: 65_534 }
  );
}

function parseUsers(passwd: string): readonly ServerUser[] {
  return passwd.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}

/** May this user pass through every folder down to this one? The first that bars the way, or undefined. */
export async function firstBarrier(folder: string, user: RunAs): Promise<string | undefined> {
  const parents: string[] = [];
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    parents.unshift(at);
    if (at === path.dirname(at)) break;
  }
  for (const parent of parents) {
    const { mode, uid, gid } = await stat(parent);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return parent;
  }
  return undefined;
}
