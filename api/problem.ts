import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler } from 'express';
import { z } from 'zod';
import { CursorError } from '../db/views/paging.ts';
import { DomainError } from '../domain/errors.ts';
import type { DomainErrorCode, ErrorFacts } from '../domain/errors.ts';
import type { Problem } from './contract/common.ts';
import type { Log } from './log.ts';

/** The one table from error code to HTTP (docs/problems.md explains each). The compiler asks for every new code. */
const PROBLEMS: Record<DomainErrorCode, { readonly status: number; readonly title: string }> = {
  'invalid-mac': { status: 400, title: 'This is not a MAC address' },
  'invalid-smbios-uuid': { status: 400, title: 'This is not an SMBIOS UUID' },
  'invalid-host-name': { status: 400, title: 'This host name cannot be used' },
  'invalid-settings': { status: 400, title: 'These settings cannot be used' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'machine-already-deploying': { status: 409, title: 'This machine already has an open deployment' },
  'mac-already-registered': { status: 409, title: 'This MAC address belongs to another machine' },
  'name-already-taken': { status: 409, title: 'This name is taken' },
  'still-in-use': { status: 409, title: 'This is still in use' },
  'artefact-missing': { status: 409, title: 'A file that the installation needs is missing' },
  'deployment-not-open': { status: 409, title: 'This deployment has ended' },
  'deployment-still-open': { status: 409, title: 'This deployment has not ended' },
  'command-not-allowed': { status: 409, title: 'This cannot be done now' },
  'stale-attempt': { status: 409, title: 'This attempt is over' },
  'credential-rejected': { status: 401, title: 'The credential was not accepted' },
  'credential-replayed': { status: 409, title: 'This credential was used before' },
  'wipe-not-permitted': { status: 409, title: 'The disk may not be erased' },
  'not-signed-in': { status: 401, title: 'Sign in first' },
  'not-permitted': { status: 403, title: 'You may not do this' },
  'wrong-password': { status: 401, title: 'The name or the password is wrong' },
  'too-many-tries': { status: 429, title: 'Too many tries' },
  'idempotency-key-reused': { status: 422, title: 'This idempotency key was used for another request' },
  'engine-unavailable': { status: 503, title: 'The workflow engine does not answer' },
  'store-unavailable': { status: 503, title: 'The database does not answer' },
  'disk-full': { status: 507, title: 'There is not enough room on the disk' },
  'too-large': { status: 413, title: 'The request is too large' },
};

/** The status and title of a code, for the documentation. */
export function problemMeaning(code: DomainErrorCode): { readonly status: number; readonly title: string } {
  return PROBLEMS[code];
}

/** A request refused for what it is on the wire (method, media type, size), before anybody asked what it means. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What any thrown thing means to a client. A 5xx says nothing of what happened; the log does, under `instance`. */
export function toProblem(error: unknown): Problem {
  if (error instanceof DomainError) {
    const errors = error.fields.map(({ pointer, detail }) => ({ pointer, detail }));
    return {
      type: `/problems/${error.code}`,
      ...PROBLEMS[error.code],
      detail: error.message,
      ...(errors.length > 0 ? { errors } : {}),
      ...copyOf(error.facts),
    };
  }
  if (error instanceof z.ZodError) {
    return {
      type: '/problems/invalid-request',
      title: 'The request is not valid',
      status: 400,
      errors: error.issues.flatMap(fieldErrorsOf),
    };
  }
  if (error instanceof RequestError)
    return { type: 'about:blank', title: phraseOf(error.status), status: error.status, detail: error.message };
  if (error instanceof CursorError)
    return {
      type: '/problems/invalid-request',
      title: 'The request is not valid',
      status: 400,
      errors: [{ pointer: '/cursor', detail: error.message }],
    };
  const status = statusOfBodyParser(error);
  if (status === 413) return { type: '/problems/too-large', ...PROBLEMS['too-large'] };
  if (status !== undefined) return { type: 'about:blank', title: 'The request cannot be read', status };
  if (isDatabaseAway(error)) return { type: '/problems/store-unavailable', ...PROBLEMS['store-unavailable'] };
  return { type: 'about:blank', title: 'Internal Server Error', status: 500 };
}

/** The last handler of every JSON plane. */
export function problemHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    if (res.headersSent) {
      next(error);
      return;
    }
    const problem = { ...toProblem(error), instance: `urn:uuid:${randomUUID()}` };
    if (problem.status >= 500) log.error({ err: error, instance: problem.instance }, 'a request failed');
    if (problem.status === 503) res.set('Retry-After', '2');
    res.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  };
}

function copyOf(facts: ErrorFacts): Pick<Problem, 'deploymentId' | 'missing' | 'usedBy'> {
  return {
    ...(facts.deploymentId === undefined ? {} : { deploymentId: facts.deploymentId }),
    ...(facts.missing === undefined ? {} : { missing: [...facts.missing] }),
    ...(facts.usedBy === undefined ? {} : { usedBy: [...facts.usedBy] }),
  };
}

/** A field that is not expected is named itself, not the object that holds it. */
function fieldErrorsOf(issue: z.core.$ZodIssue): { pointer: string; detail: string }[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ pointer: pointerTo([...issue.path, key]), detail: 'This field is not known.' }));
  return [{ pointer: pointerTo(issue.path), detail: issue.message }];
}

/** A JSON Pointer (RFC 6901); the empty one is the whole document. */
function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function phraseOf(status: number): string {
  return STATUS_CODES[status] ?? 'Error';
}

/** body-parser, Express and `send` mark client errors with a 4xx `status`. */
function statusOfBodyParser(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  return error.status >= 400 && error.status < 500 ? error.status : undefined;
}

/**
 * Nothing is wrong with the request, and the same one may succeed in a moment: no connection, a server that starts or
 * stops, one that is out of disk, memory or connections (class 53), read-only, too slow, or a lost race between locks.
 */
function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    /^(57P0[123]|57014|08...|53[0-9]{3}|25006|58030|40001|40P01|55P03)$/.test(code) ||
    /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOENT|EPIPE)$/.test(code) ||
    /timeout exceeded when trying to connect|Connection terminated/.test(error.message)
  );
}
