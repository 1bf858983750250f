import { isUtf8 } from 'node:buffer';
import express from 'express';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { RequestError } from '../problem.ts';

const LIMIT = '64kb';

/**
 * Reads a JSON body, or refuses it before a handler sees it. Other media types are refused by name: a form of another
 * site can send text or form fields without asking the browser first, but never JSON.
 */
export function jsonBody({ withinMs = 15_000 }: { readonly withinMs?: number } = {}): RequestHandler {
  const parse = express.json({ limit: LIMIT, type: isJson, verify: refuseOtherThanUtf8 });
  return (req, res, next) => {
    if (!hasBody(req)) {
      req.body = {};
      next();
      return;
    }
    if (!isJson(req)) throw new RequestError(415, 'Send JSON with “Content-Type: application/json”.');
    readWithin(withinMs, parse, req, res, next);
  };
}

/** JSON is UTF-8. A wrong byte would silently become a replacement character, and stand in a name for ever. */
function refuseOtherThanUtf8(_req: unknown, _res: unknown, body: Buffer, charset: string): void {
  if (charset.toLowerCase() !== 'utf-8') throw new RequestError(415, 'Send JSON in UTF-8.');
  if (!isUtf8(body)) throw new RequestError(400, 'The body is not valid UTF-8.');
}

/** A client that sends its body a byte at a time may not keep a connection for ever. */
function readWithin(ms: number, parse: RequestHandler, req: Request, res: Response, next: NextFunction): void {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    res.set('Connection', 'close');
    next(new RequestError(408, 'The request body did not arrive in time.'));
  }, ms);
  void parse(req, res, (error?: unknown) => {
    clearTimeout(timer);
    if (!late) next(error);
  });
}

function hasBody(req: Request): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

function isJson(req: Pick<Request, 'headers'>): boolean {
  const type = (req.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return type === 'application/json' || (type.startsWith('application/') && type.endsWith('+json'));
}
