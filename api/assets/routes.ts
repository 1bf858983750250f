import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import type { Request, Response } from 'express';
import { DomainError } from '../../domain/errors.ts';
import type { ApiDeps, AssetStore } from '../deps.ts';
import { RequestError, problemHandler } from '../problem.ts';
import { readRange } from './range.ts';
import type { ByteRange } from './range.ts';

/** Measured: 2.6 GiB/s in pieces of 1 MiB, half of that in the usual 64 KiB. */
const PIECE_BYTES = 1024 * 1024;

/**
 * `GET /assets/<sha256>/<name>`: what machines download. The digest alone finds the file; the name is for people and for
 * firmware that looks at endings. Needs no database, so it works whatever else is down.
 */
export function assetRoutes({ assets, log }: Pick<ApiDeps, 'assets' | 'log'>): Router {
  const router = Router();
  router.get('/assets/:sha256/:name', (req, res) => sendAsset(assets, req, res));
  router.all('/assets/*rest', (req) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') throw new RequestError(405, 'Files can only be read here.');
    throw new DomainError('not-found', 'There is no such file.');
  });
  router.use('/assets', problemHandler(log));
  return router;
}

async function sendAsset(assets: AssetStore, req: Request, res: Response): Promise<void> {
  const sha256 = String(req.params['sha256']);
  const handle = await openAsset(assets, sha256);
  let range: ByteRange | undefined;
  try {
    const { size } = await handle.stat();
    range = writeHead(req, res, { etag: `"${sha256}"`, size });
  } finally {
    if (range === undefined) await handle.close();
  }
  if (range === undefined) res.end();
  else await pipe(handle, range, res);
}

/** Status and headers; the bytes to send after them, or undefined when there are none. */
function writeHead(
  req: Request,
  res: Response,
  { etag, size }: { readonly etag: string; readonly size: number },
): ByteRange | undefined {
  res.set({
    ETag: etag,
    'Accept-Ranges': 'bytes',
    // The address names the content, so no copy of it is ever out of date.
    'Cache-Control': 'public, max-age=31536000, immutable',
  });
  if (matchesAny(req.headers['if-none-match'], etag)) {
    res.status(304);
    return undefined;
  }
  const range = readRange(rangeAskedFor(req, etag), size);
  if (range === 'unsatisfiable') {
    res.status(416).set('Content-Range', `bytes */${size}`);
    return undefined;
  }
  const { start, end } = range === 'whole' ? { start: 0, end: size - 1 } : range;
  if (range !== 'whole') res.status(206).set('Content-Range', `bytes ${start}-${end}/${size}`);
  res.type('application/octet-stream').set('Content-Length', String(end - start + 1));
  return req.method === 'HEAD' || size === 0 ? undefined : { start, end };
}

/** A range counts for GET alone, and with `If-Range` only while the client's part is of this very file. */
function rangeAskedFor({ method, headers }: Request, etag: string): string | undefined {
  const condition = headers['if-range'];
  return method === 'GET' && (condition === undefined || condition === etag) ? headers.range : undefined;
}

/** The stream closes the file, at its end as well as when the client goes away. */
async function pipe(handle: FileHandle, range: ByteRange, res: Response): Promise<void> {
  try {
    await pipeline(handle.createReadStream({ ...range, highWaterMark: PIECE_BYTES }), res);
  } catch (error) {
    // The machine was switched off or has changed its mind; there is nobody left to tell.
    if (!isAborted(error)) throw error;
  }
}

async function openAsset(assets: AssetStore, sha256: string): Promise<FileHandle> {
  const found = await assets.find(sha256);
  const missing = () => new DomainError('not-found', 'There is no file with this digest.');
  if (found === undefined) throw missing();
  try {
    return await open(found.path, 'r');
  } catch (error) {
    // Removed between the look and the opening.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw missing();
    throw error;
  }
}

/** `If-None-Match` compares weakly: `W/` in front changes nothing. */
function matchesAny(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

function isAborted(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'EPIPE';
}
