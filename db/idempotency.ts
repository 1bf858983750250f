import type { Queryable } from './pool.ts';

/** Who asked, under which key, for what (a keyed digest of the request). */
export interface IdempotentRequest {
  readonly actor: string;
  readonly key: string;
  readonly request: Buffer;
}

export interface StoredAnswer {
  readonly request: Buffer;
  readonly status: number;
  readonly body: unknown;
}

/**
 * Takes the key inside the transaction of the work itself. A second one waits here until the first has committed (then
 * it is told `taken`) or given up (then it goes ahead), so a crash leaves neither half a record nor a lost key.
 */
export async function takeKey(tx: Queryable, { actor, key, request }: IdempotentRequest): Promise<'ours' | 'taken'> {
  const { rowCount } = await tx.query({
    text: `insert into idempotency_keys (actor, key, request) values ($1, $2, $3)
      on conflict (actor, key) do nothing`,
    values: [actor, key, request],
  });
  return rowCount === 1 ? 'ours' : 'taken';
}

export async function storeAnswer(
  tx: Queryable,
  { actor, key }: IdempotentRequest,
  answer: { readonly status: number; readonly body: unknown },
): Promise<void> {
  await tx.query({
    text: 'update idempotency_keys k set status = $3, body = $4 where k.actor = $1 and k.key = $2',
    values: [actor, key, answer.status, JSON.stringify(answer.body)],
  });
}

export async function findAnswer(db: Queryable, { actor, key }: IdempotentRequest): Promise<StoredAnswer | undefined> {
  const { rows } = await db.query<StoredAnswer>({
    text: `select k.request, k.status, k.body from idempotency_keys k
      where k.actor = $1 and k.key = $2 and k.status is not null`,
    values: [actor, key],
  });
  return rows[0];
}

/** Keys are kept for a day. Returns how many went. */
export async function forgetOldKeys(db: Queryable): Promise<number> {
  const { rowCount } = await db.query(`delete from idempotency_keys k where k.created_at < now() - interval '1 day'`);
  return rowCount ?? 0;
}
