import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Log } from './log.ts';
import { problemHandler, toProblem } from './problem.ts';

/**
 * Does this client want one word instead of JSON? It says so, or it is a tool that cannot say anything: busybox `wget`
 * sends no `Accept` at all.
 */
export function wantsWords(req: Pick<Request, 'headers'>): boolean {
  const { accept } = req.headers;
  if (accept === undefined) return /^wget\b/i.test(req.headers['user-agent'] ?? '');
  return accept.includes('text/plain') && !accept.includes('json');
}

/** The same answer for programs and for tiny clients. Never stored on the way: it may be a credential. */
export function answer(
  req: Request,
  res: Response,
  { status = 200, json, word }: { readonly status?: number; readonly json: object; readonly word: string },
): void {
  res.status(status).set('Cache-Control', 'no-store');
  if (wantsWords(req)) res.type('text/plain').send(`${word}\n`);
  else res.json(json);
}

/** The last handler of a plane that installers and agents talk to. */
export function machineProblemHandler(
  log: Log,
  firstWord: (req: Request) => string = () => 'ERROR',
): ErrorRequestHandler {
  const asProblem = problemHandler(log);
  return (error: unknown, req, res, next) => {
    // What is left of a body that was too long or too slow is not waited for.
    if (!req.readableEnded && !res.headersSent) res.set('Connection', 'close');
    if (!wantsWords(req) || res.headersSent) {
      asProblem(error, req, res, next);
      return;
    }
    const { status, title, detail, type, errors } = toProblem(error);
    if (status >= 500) log.error({ err: error }, 'a request of a machine failed');
    if (status === 503) res.set('Retry-After', '2');
    const why = detail ?? errors?.map((field) => `${field.pointer} ${field.detail}`).join('; ') ?? title;
    const code = type.startsWith('/problems/') ? `${type.slice('/problems/'.length)}: ` : '';
    res
      .status(status)
      .type('text/plain')
      .send(`${firstWord(req)} ${code}${why.replaceAll(/\s+/g, ' ')}\n`);
  };
}
