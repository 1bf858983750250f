import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createRequestHandler } from '@remix-run/express';
import type { ServerBuild } from '@remix-run/node';
import express from 'express';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { Log } from '../api/log.ts';

const BUILD = fileURLToPath(new URL('build/', import.meta.url));

/** Forms of ours are far smaller; a file never passes through the pages. */
const LARGEST_FORM_BYTES = 256 * 1024;
/** From the headers of a form to its last byte. */
const FORM_MS = 15_000;

/**
 * The pages, as one Express handler for the end of the chain: static files of the build, then Remix. Its loaders reach
 * the API at `apiUrl` with the browser's own cookie; nothing here holds a credential.
 */
export async function createUiHandler({
  apiUrl,
  publicUrl,
  log,
}: {
  readonly apiUrl: string;
  readonly publicUrl: string;
  readonly log: Log;
}): Promise<RequestHandler> {
  const build = await loadBuild();
  const router = express.Router();
  router.use(
    '/ui',
    express.static(path.join(BUILD, 'client', 'ui'), { immutable: true, maxAge: '1y', index: false, redirect: false }),
    (_req, res) => {
      res.status(404).type('text/plain').send('There is no such file.\n');
    },
  );
  router.use(
    refuseOtherMethods,
    refuseForeignWrites(publicUrl),
    refuseStrangeForms,
    refuseLargeForms,
    refuseSlowForms(FORM_MS),
    securePage(publicUrl),
  );
  router.use(
    createRequestHandler({
      build,
      mode: 'production',
      getLoadContext: (req, res) => ({
        apiUrl,
        publicUrl,
        cspNonce: nonceOf(res),
        clientAddress: req.ip ?? '',
        reportError: (error: unknown) => log.error({ err: error, path: req.path }, 'a page failed'),
      }),
    }),
  );
  router.use(lastResort(log));
  return router;
}

async function loadBuild(): Promise<ServerBuild> {
  const file = path.join(BUILD, 'server', 'index.js');
  try {
    return (await import(pathToFileURL(file).href)) as ServerBuild;
  } catch (error) {
    throw new Error(`The pages are not built (${file}). Run "npm run build:ui".`, { cause: error });
  }
}

/** Pages are read, and their forms are posted; nothing else is. */
const refuseOtherMethods: RequestHandler = (req, res, next) => {
  if (['GET', 'HEAD', 'POST'].includes(req.method)) {
    next();
    return;
  }
  res.status(405).set('Allow', 'GET, HEAD, POST').type('text/plain').send('Pages take GET and POST only.\n');
};

/**
 * Other sites may link to us, never write to us. Browsers say where a request comes from; old ones and plain HTTP ones
 * send at least `Origin`. A client that sends neither is no browser and has no cookie to be abused.
 */
function refuseForeignWrites(publicUrl: string): RequestHandler {
  return (req, res, next) => {
    if (req.method !== 'POST') {
      next();
      return;
    }
    if (!comesFromUs(req, publicUrl)) {
      res.status(403).type('text/plain').send('This form was sent from another site and was refused.\n');
      return;
    }
    // Decided here, once: Remix would compare it with `Host` again, which a reverse proxy may have changed, and answer 500.
    delete req.headers.origin;
    next();
  };
}

function comesFromUs(req: Request, publicUrl: string): boolean {
  const site = req.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = req.get('origin');
  if (origin === undefined || origin === new URL(publicUrl).origin) return true;
  return URL.canParse(origin) && new URL(origin).host === req.get('host');
}

/** What our forms send. Any other body could not be read, which would look like a fault of ours. */
const refuseStrangeForms: RequestHandler = (req, res, next) => {
  if (req.method !== 'POST' || req.is('application/x-www-form-urlencoded') !== false) {
    next();
    return;
  }
  res.status(415).type('text/plain').send('Pages take application/x-www-form-urlencoded; programs use /api/v1.\n');
};

const refuseLargeForms: RequestHandler = (req, res, next) => {
  // Without a length nobody knows when to stop reading; browsers always state it for a form.
  const status = req.get('transfer-encoding') !== undefined ? 411 : 413;
  if (req.method !== 'POST' || (status === 413 && Number(req.get('content-length') ?? 0) <= LARGEST_FORM_BYTES)) {
    next();
    return;
  }
  res.status(status).set('Connection', 'close').type('text/plain').send('This form is too large.\n');
};

/** Somebody who sends a form a byte at a time may not keep a connection for ever; most pages need no sign-in to try. */
export function refuseSlowForms(withinMs: number): RequestHandler {
  return (req, res, next) => {
    if (req.method === 'POST' && !req.complete) {
      const timer = setTimeout(() => {
        if (req.complete) return;
        if (!res.headersSent)
          res.status(408).set('Connection', 'close').type('text/plain').send('The form did not arrive in time.\n');
      }, withinMs);
      req.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
    }
    next();
  };
}

/** Nothing but our own files runs in a page; no other site may frame it. `same-origin` keeps `Origin` on plain forms. */
function securePage(publicUrl: string): RequestHandler {
  const secure = publicUrl.startsWith('https:');
  return (_req, res, next) => {
    const nonce = randomBytes(16).toString('base64');
    res.locals['cspNonce'] = nonce;
    res.set({
      'Content-Security-Policy': [
        "default-src 'none'",
        `script-src 'self' 'nonce-${nonce}'`,
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
      ].join('; '),
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
      'Cache-Control': 'no-store',
      ...(secure ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
    });
    next();
  };
}

function nonceOf(res: Response): string {
  const nonce: unknown = res.locals['cspNonce'];
  if (typeof nonce !== 'string') throw new Error('a page is rendered only after its headers are set');
  return nonce;
}

/** Reached when a request cannot even become a `Request` (a `Host` that is none), or rendering itself broke. */
function lastResort(log: Log): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) {
      next(error);
      return;
    }
    const unreadable = error instanceof TypeError && /invalid url/i.test(error.message);
    if (!unreadable) log.error({ err: error, path: req.path }, 'a page failed');
    res
      .status(unreadable ? 400 : 500)
      .type('text/plain')
      .send(unreadable ? 'This request cannot be read.\n' : 'The page failed. The log of the service says why.\n');
  };
}
