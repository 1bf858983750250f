import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Keyring } from '../../keyring.ts';
import { FolderInUse, lockFolder } from '../../process/folder-lock.ts';
import type { Running } from './running.ts';
import { StartFailure, codeOf } from './sentence.ts';

/** In the data directory; the command line reads it. */
export const CLI_TOKEN_FILE = 'cli-token';

const LEAST_FREE_BYTES = 300_000_000;

/** Makes the data directory if need be and takes it for this process. The answer gives it back. */
export async function openDataDir(dataDir: string): Promise<() => Promise<void>> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(dataDir);
    if (bavail * bsize < LEAST_FREE_BYTES) throw new StartFailure(diskIsFull(dataDir, bavail * bsize));
    return await lockFolder(dataDir);
  } catch (error) {
    if (error instanceof FolderInUse) {
      throw new StartFailure(
        `an Octofleet (process ${error.pid}) already runs on ${dataDir}; stop it, or give this one a folder and ports of its own (OCTOFLEET_DATA_DIR, OCTOFLEET_PORT, OCTOFLEET_TEMPORAL_UI_PORT)`,
      );
    }
    const code = codeOf(error);
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST') {
      throw new StartFailure(
        `the data directory ${dataDir} cannot be used (${code}); set OCTOFLEET_DATA_DIR to a folder that this user may write to`,
      );
    }
    throw error;
  }
}

function diskIsFull(dataDir: string, freeBytes: number): string {
  return `only ${Math.round(freeBytes / 1_000_000)} MB are free on the disk of ${dataDir}; free some space, or set OCTOFLEET_DATA_DIR to a folder on another disk`;
}

/** The configured master key, else the one of this data directory, made on the first start. */
export async function openKeyring(dataDir: string, configured: string | undefined): Promise<Keyring> {
  if (configured !== undefined) return new Keyring(Buffer.from(configured, 'hex'));
  const file = path.join(dataDir, 'master.key');
  try {
    await writeFile(file, `${Keyring.generate().toString('hex')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  const text = (await readFile(file, 'utf8')).trim();
  if (/^[0-9a-f]{64}$/.test(text)) return new Keyring(Buffer.from(text, 'hex'));
  throw new StartFailure(
    `${file} does not hold a key; restore it from your backup, or secrets in the database are lost`,
  );
}

/**
 * A token that the command line on this machine may use while this process lives: two lines, token and address. Whoever
 * can read the file is this user (or root), who could read the database as well.
 */
export async function openCliAccess(dataDir: string, localUrl: string, running: Running): Promise<string> {
  const token = `cli_${randomBytes(32).toString('base64url')}`;
  const file = path.join(dataDir, CLI_TOKEN_FILE);
  await rm(file, { force: true });
  await writeFile(file, `${token}\n${localUrl}\n`, { mode: 0o600 });
  await running.add('the token of the command line', () => rm(file, { force: true }));
  return token;
}
