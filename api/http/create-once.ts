import type { Request, Response } from 'express';
import { findAnswer, storeAnswer, takeKey } from '../../db/idempotency.ts';
import type { IdempotentRequest, StoredAnswer } from '../../db/idempotency.ts';
import { inTransaction } from '../../db/pool.ts';
import type { Queryable } from '../../db/pool.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Keyring } from '../../keyring.ts';
import { identityOf } from '../auth/identity.ts';
import type { ApiDeps } from '../deps.ts';
import { RequestError } from '../problem.ts';

/** Something to be created by a POST. */
export interface Creation<Prepared> {
  /** Everything that can be found wrong without writing. */
  readonly prepare: () => Prepared | Promise<Prepared>;
  /** The writing, in one transaction. `body` becomes the answer. */
  readonly insert: (tx: Queryable, prepared: Prepared) => Promise<{ readonly path: string; readonly body: unknown }>;
}

/**
 * Creates and answers 201; with an `Idempotency-Key` at most once, however often and however concurrently the request
 * is sent. Tells whether this request did it, or an earlier one had.
 */
export async function createOnce<Prepared>(
  { pool, keyring }: Pick<ApiDeps, 'pool' | 'keyring'>,
  req: Request,
  res: Response,
  creation: Creation<Prepared>,
): Promise<'created' | 'repeated'> {
  const request = idempotentRequest(keyring, req, res);
  const earlier = request === undefined ? undefined : await findAnswer(pool, request);
  if (request !== undefined && earlier !== undefined) return repeat(res, request, earlier);

  const prepared = await creation.prepare();
  const created = await inTransaction(pool, async (tx) => {
    if (request !== undefined && (await takeKey(tx, request)) === 'taken') return undefined;
    const answer = await creation.insert(tx, prepared);
    if (request !== undefined) await storeAnswer(tx, request, { status: 201, body: answer });
    return answer;
  });
  if (created !== undefined) {
    res.status(201).location(created.path).json(created.body);
    return 'created';
  }
  const other = request === undefined ? undefined : await findAnswer(pool, request);
  if (request === undefined || other === undefined) throw new Error('an idempotency key was taken and is not there');
  return repeat(res, request, other);
}

function repeat(res: Response, request: IdempotentRequest, answer: StoredAnswer): 'repeated' {
  if (!answer.request.equals(request.request))
    throw new DomainError('idempotency-key-reused', 'This key came with another request before. Use a new one.');
  const { path, body } = readAnswer(answer.body);
  res.status(answer.status).location(path).set('Idempotency-Replayed', 'true').json(body);
  return 'repeated';
}

function readAnswer(stored: unknown): { path: string; body: unknown } {
  if (typeof stored !== 'object' || stored === null || !('path' in stored) || typeof stored.path !== 'string')
    throw new Error('a stored answer has another form than ours');
  return { path: stored.path, body: 'body' in stored ? stored.body : null };
}

function idempotentRequest(keyring: Keyring, req: Request, res: Response): IdempotentRequest | undefined {
  const key = req.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key))
    throw new RequestError(400, 'An Idempotency-Key has 1 to 255 printable ASCII characters without blanks.');
  // Keyed, for it is kept: passwords in the request could be guessed from a plain digest of it.
  const request = keyring.mac('idempotency', `${req.method} ${req.originalUrl}`, JSON.stringify(sorted(req.body)));
  return { actor: identityOf(res).name, key, request };
}

/** The order of fields in a JSON object means nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
