import type { Fact } from '../domain/report.ts';
import type { EventKind, TimelineEvent } from '../domain/timeline.ts';
import type { AttemptInContext } from './attempt-lock.ts';
import { appendEvent } from './events.ts';
import type { Queryable } from './pool.ts';

/** A callback to keep. `key` is its identity inside the session, or inside the enrolment for an agent. */
export interface Callback {
  readonly sessionId: string;
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** What the workflow has to hear of it, if anything. */
  readonly fact: Fact | null;
}

/** Stores a callback; false when it was here before. What it means is written in the same transaction or not at all (D1). */
export async function keepCallback(tx: Queryable, attemptId: string, callback: Callback): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'keep-callback',
    text: `insert into inbox (attempt_id, session_id, event_key, body, fact) values ($1, $2, $3, $4, $5)
      on conflict on constraint inbox_once do nothing`,
    values: [attemptId, callback.sessionId, callback.key, callback.body, callback.fact],
  });
  return rowCount === 1;
}

export async function isKept(tx: Queryable, sessionId: string, key: string): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'is-kept',
    text: 'select 1 from inbox i where i.session_id = $1 and i.event_key = $2',
    values: [sessionId, key],
  });
  return rowCount === 1;
}

const FACT_COLUMNS = {
  booted: 'booted_at',
  'wipe-granted': 'wipe_granted_at',
  installed: 'installed_at',
  'os-started': 'os_started_at',
  frozen: 'frozen_at',
} as const satisfies Partial<Record<Fact, string>>;

/** A fact is proven once; the first proof's time stays. */
export async function noteFact(tx: Queryable, attemptId: string, fact: keyof typeof FACT_COLUMNS): Promise<void> {
  const column = FACT_COLUMNS[fact];
  await tx.query({
    text: `update attempts a set ${column} = coalesce(a.${column}, now()) where a.id = $1`,
    values: [attemptId],
  });
}

/** A sign of life, and how far the machine is. Progress never falls: a late callback cannot turn the bar back. */
export async function noteProgress(
  tx: Queryable,
  attemptId: string,
  { step = null, percent = 0 }: { readonly step?: string | null; readonly percent?: number | undefined } = {},
): Promise<void> {
  await tx.query({
    name: 'note-progress',
    text: `update attempts a set last_seen_at = now(), step = coalesce($2, a.step), percent = greatest(a.percent, $3)
      where a.id = $1`,
    values: [attemptId, step, percent],
  });
}

/** What a line of the timeline says beyond whom it is about. */
export type Line = Pick<TimelineEvent, 'kind' | 'level' | 'step' | 'message' | 'data'>;

export async function tell(
  tx: Queryable,
  attempt: AttemptInContext,
  source: 'machine' | 'agent',
  line: Line,
): Promise<void> {
  await appendEvent(tx, {
    deploymentId: attempt.deploymentId,
    machineId: attempt.machineId,
    attempt: attempt.number,
    source,
    phase: attempt.phase,
    ...line,
  });
}

/** For words that a machine repeats while it waits: the same ones again are no news. */
export async function tellNews(
  tx: Queryable,
  attempt: AttemptInContext,
  source: 'machine' | 'agent',
  line: Line,
): Promise<void> {
  const { rows } = await tx.query<{ step: string; message: string }>({
    name: 'last-of-kind',
    text: `select e.step, e.message from events e
      where e.deployment_id = $1 and e.attempt = $2 and e.kind = $3 order by e.id desc limit 1`,
    values: [attempt.deploymentId, attempt.number, line.kind],
  });
  const [last] = rows;
  if (last?.step !== line.step || last?.message !== line.message) await tell(tx, attempt, source, line);
}

/** A refusal is told once a minute at most: a machine that does not give up must not fill the timeline. */
export async function tellRefusal(
  tx: Queryable,
  attempt: AttemptInContext,
  source: 'machine' | 'agent',
  refusal: { readonly kind: EventKind; readonly message: string; readonly level?: 'warning' | 'error' },
): Promise<void> {
  const { rowCount } = await tx.query({
    name: 'recent-refusal',
    text: `select 1 from events e where e.deployment_id = $1 and e.attempt = $2 and e.kind = $3 and e.message = $4
      and e.created_at > now() - interval '1 minute' limit 1`,
    values: [attempt.deploymentId, attempt.number, refusal.kind, refusal.message],
  });
  if (rowCount === 0) await tell(tx, attempt, source, { level: 'warning', ...refusal });
}
