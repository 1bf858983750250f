import type pg from 'pg';
import { judgeExchange } from '../domain/attempt.ts';
import type { ExchangeVerdict, SessionStanding } from '../domain/attempt.ts';
import { PERCENT_WHEN } from '../domain/progress.ts';
import { lockAttempt } from './attempt-lock.ts';
import type { AttemptInContext } from './attempt-lock.ts';
import { keepCallback, noteFact, noteProgress, tell, tellRefusal } from './callbacks.ts';
import { inTransaction } from './pool.ts';
import type { Queryable } from './pool.ts';

export interface Exchange {
  readonly attemptId: string;
  /** The ordinal in the nonce. */
  readonly ordinal: number;
  readonly clientKey: string;
  /** What the machine says of itself. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ExchangedSession {
  readonly sessionId: string;
  readonly deploymentId: string;
  readonly attempt: number;
}

/** A nonce for a session. Safe to repeat by the same client; a second client stops the attempt. */
export async function exchangeNonce(
  pool: pg.Pool,
  exchange: Exchange,
): Promise<ExchangedSession | Exclude<ExchangeVerdict, 'open' | 'repeat'>> {
  return inTransaction(pool, async (tx) => {
    const attempt = await lockAttempt(tx, exchange.attemptId);
    if (attempt === undefined) return 'stale';
    const session = await readSession(tx, exchange);
    const verdict = judgeExchange({ ...attempt, ...exchange, session });
    switch (verdict) {
      case 'open':
        return answerOf(attempt, await openSession(tx, attempt, exchange));
      case 'repeat':
        if (session === null) throw new Error('only an opened session can be asked for again');
        return answerOf(attempt, session.id);
      case 'replay':
        if (session !== null) await freeze(tx, attempt, session.id);
        return verdict;
      case 'stale':
        await tellRefusal(tx, attempt, 'machine', { kind: 'callback.refused', message: 'exchange' });
        return verdict;
    }
  });
}

function answerOf(attempt: AttemptInContext, sessionId: string): ExchangedSession {
  return { sessionId, deploymentId: attempt.deploymentId, attempt: attempt.number };
}

async function readSession(
  tx: Queryable,
  { attemptId, ordinal }: Exchange,
): Promise<(SessionStanding & { readonly id: string }) | null> {
  const { rows } = await tx.query<{ id: string; client_key: string; fenced: boolean }>({
    name: 'read-session',
    text: `select s.id, s.client_key, s.fenced_at is not null as fenced
      from installer_sessions s where s.attempt_id = $1 and s.ordinal = $2`,
    values: [attemptId, ordinal],
  });
  const row = rows[0];
  return row === undefined ? null : { id: row.id, clientKey: row.client_key, fenced: row.fenced };
}

async function openSession(tx: Queryable, attempt: AttemptInContext, exchange: Exchange): Promise<string> {
  await fenceSessions(tx, attempt.id);
  await tx.query('update attempts a set exchanges = $2 where a.id = $1', [attempt.id, exchange.ordinal]);
  const { rows } = await tx.query<{ id: string }>(
    'insert into installer_sessions (attempt_id, ordinal, client_key) values ($1, $2, $3) returning id',
    [attempt.id, exchange.ordinal, exchange.clientKey],
  );
  const sessionId = rows[0]?.id;
  if (sessionId === undefined) throw new Error('an insert returned nothing');
  await keepCallback(tx, attempt.id, { sessionId, key: 'exchange', body: exchange.body, fact: 'booted' });
  await noteFact(tx, attempt.id, 'booted');
  await noteProgress(tx, attempt.id, { percent: PERCENT_WHEN.booted });
  await tell(tx, attempt, 'machine', {
    kind: 'installer.started',
    data: { ...exchange.body, session: exchange.ordinal },
  });
  return sessionId;
}

/** Nobody goes on with this attempt, and the deployment asks an operator. Noted once, however often it is tried. */
async function freeze(tx: Queryable, attempt: AttemptInContext, sessionId: string): Promise<void> {
  if (!(await keepCallback(tx, attempt.id, { sessionId, key: 'frozen', body: {}, fact: 'frozen' }))) return;
  await noteFact(tx, attempt.id, 'frozen');
  await fenceSessions(tx, attempt.id);
  await tell(tx, attempt, 'machine', { kind: 'nonce.replayed', level: 'error' });
}

async function fenceSessions(tx: Queryable, attemptId: string): Promise<void> {
  await tx.query('update installer_sessions s set fenced_at = now() where s.attempt_id = $1 and s.fenced_at is null', [
    attemptId,
  ]);
}
