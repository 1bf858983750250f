import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import path from 'node:path';
import { Transform } from 'node:stream';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DomainError } from '../../domain/errors.ts';
import type { AssetStore } from '../deps.ts';

export interface AssetStoreOptions {
  /** `<data>/assets`. */
  readonly dir: string;
  /** Room that stays free on the disk, for everybody else who lives there. */
  readonly reserveBytes?: number;
  /** Free room in bytes; asked before and during an upload. */
  readonly freeBytes?: (dir: string) => Promise<number>;
}

const PIECE_BYTES = 1024 * 1024;
const RESERVE_BYTES = 512 * 1024 * 1024;
/** The free room is looked at again after this much. */
const LOOK_AGAIN_BYTES = 32 * 1024 * 1024;
/** An upload that was not written to for this long died with its process. */
const ABANDONED_AFTER_MS = 24 * 3600 * 1000;

/** Files by the digest of their content, on one disk. Opening it clears what dead processes left half-uploaded. */
export async function openAssetStore({
  dir,
  reserveBytes = RESERVE_BYTES,
  freeBytes = freeBytesOf,
}: AssetStoreOptions): Promise<AssetStore> {
  const incoming = path.join(dir, 'incoming');
  await mkdir(incoming, { recursive: true });
  await clearAbandoned(incoming);

  const refuseWhenFull = async (): Promise<void> => {
    if ((await freeBytes(dir)) < reserveBytes) throw diskFull();
  };

  return {
    find: async (sha256) => {
      const file = pathOf(dir, sha256);
      if (file === undefined) return undefined;
      const stats = await statOrUndefined(file);
      return stats?.isFile() === true ? { path: file, size: stats.size } : undefined;
    },

    put: async (content, { expectedSha256 } = {}) => {
      await refuseWhenFull();
      const partial = path.join(incoming, `${randomUUID()}.part`);
      try {
        const { sha256, size } = await write(content, partial, refuseWhenFull);
        if (expectedSha256 !== undefined && expectedSha256.toLowerCase() !== sha256)
          throw new DomainError('invalid-settings', `The file has the SHA-256 ${sha256}, not ${expectedSha256}.`);
        await publish(partial, path.join(dir, sha256.slice(0, 2), sha256));
        return { sha256, size };
      } catch (error) {
        throw isOutOfRoom(error) ? diskFull(error) : error;
      } finally {
        await rm(partial, { force: true });
      }
    },

    remove: async (sha256) => {
      const file = pathOf(dir, sha256);
      if (file !== undefined) await rm(file, { force: true });
    },
  };
}

/** Nothing but a digest ever becomes a path. */
function pathOf(dir: string, sha256: string): string | undefined {
  return /^[0-9a-f]{64}$/.test(sha256) ? path.join(dir, sha256.slice(0, 2), sha256) : undefined;
}

/** Writes and syncs a file, computing its digest on the way. */
async function write(
  content: Readable,
  file: string,
  refuseWhenFull: () => Promise<void>,
): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  let lookAgainAt = LOOK_AGAIN_BYTES;
  const meter = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      size += chunk.length;
      if (size < lookAgainAt) {
        done(null, chunk);
        return;
      }
      lookAgainAt = size + LOOK_AGAIN_BYTES;
      refuseWhenFull().then(() => done(null, chunk), done);
    },
  });
  // Synced before it is closed. (A handle's own stream would keep that handle from ever closing.)
  await pipeline(content, meter, createWriteStream(file, { flags: 'wx', highWaterMark: PIECE_BYTES, flush: true }));
  return { sha256: hash.digest('hex'), size };
}

/** Makes a whole file visible in one step, and lasting: the folder's entry is synced too. */
async function publish(partial: string, file: string): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true });
  await rename(partial, file);
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function clearAbandoned(incoming: string): Promise<void> {
  for (const name of await readdir(incoming)) {
    const file = path.join(incoming, name);
    const stats = await statOrUndefined(file);
    if (stats !== undefined && Date.now() - stats.mtimeMs > ABANDONED_AFTER_MS) await rm(file, { force: true });
  }
}

async function statOrUndefined(file: string): Promise<Stats | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function freeBytesOf(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

function isOutOfRoom(error: unknown): boolean {
  return hasCode(error, 'ENOSPC', 'EDQUOT', 'EFBIG');
}

function diskFull(cause?: unknown): DomainError {
  const message = 'The disk that holds the files is nearly full; make room or choose another data folder.';
  return new DomainError('disk-full', message, { cause });
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}
