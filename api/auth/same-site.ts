import type { Request } from 'express';
import { DomainError } from '../../domain/errors.ts';

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Refuses a change that another site made a browser send. Browsers say so themselves in `Sec-Fetch-Site`, or, over
 * plain HTTP where they do not, in `Origin`. A request with neither comes from a program, which has no cookie by accident.
 *
 * `X-Forwarded-Host` is the browser's `Host` where a reverse proxy has replaced it. A foreign page cannot set it without a
 * preflight, which is never answered.
 */
export function refuseCrossSite(publicUrl: string, req: Pick<Request, 'method' | 'headers'>): void {
  if (SAFE_METHODS.includes(req.method)) return;
  const site = req.headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') return;
  const { origin } = req.headers;
  if (site === undefined && (origin === undefined || isOwn(publicUrl, origin, req))) return;
  throw new DomainError('not-permitted', 'This request came from another site.');
}

function isOwn(publicUrl: string, origin: string, req: Pick<Request, 'headers'>): boolean {
  if (origin === new URL(publicUrl).origin) return true;
  const forwarded = req.headers['x-forwarded-host'];
  const host = typeof forwarded === 'string' ? forwarded : req.headers.host;
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}
