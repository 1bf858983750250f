import type pg from 'pg';
import { judgePermit, maySpeak } from '../domain/attempt.ts';
import type { Fact } from '../domain/report.ts';
import { lockAttempt, readAttempt } from './attempt-lock.ts';
import type { AttemptInContext } from './attempt-lock.ts';
import { isKept, keepCallback, noteFact, noteProgress, tell, tellNews, tellRefusal } from './callbacks.ts';
import type { Line } from './callbacks.ts';
import { inTransaction } from './pool.ts';
import type { Queryable } from './pool.ts';

/** What a session says; the route has already made it a fact, progress and a line of the timeline. */
export interface InstallerReport {
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly fact: Fact | null;
  readonly step: string;
  readonly percent: number | undefined;
  readonly line: Line | null;
  /** Progress is repeated as a sign of life, so its line is written only when it says something new. */
  readonly isProgress: boolean;
}

/** Stores what an installer says, once. */
export async function hearInstaller(
  pool: pg.Pool,
  sessionId: string,
  report: InstallerReport,
): Promise<'new' | 'repeated' | 'stale'> {
  return asSession(pool, sessionId, report.step, {
    repeated: async (tx) => ((await isKept(tx, sessionId, report.key)) ? 'repeated' : undefined),
    live: async (tx, attempt) => {
      await keepCallback(tx, attempt.id, { sessionId, ...report });
      if (report.fact === 'installed') await noteFact(tx, attempt.id, report.fact);
      await noteProgress(tx, attempt.id, report);
      if (report.line !== null) await (report.isProgress ? tellNews : tell)(tx, attempt, 'machine', report.line);
      return 'new' as const;
    },
  });
}

/** The one right to erase the disk in this attempt (D5). */
export async function askWipePermit(
  pool: pg.Pool,
  sessionId: string,
  asked: { readonly permitKey: string; readonly disk: string },
): Promise<'granted' | 'refused' | 'stale'> {
  return asSession(pool, sessionId, 'wipe-permit', {
    live: async (tx, attempt) => {
      const verdict = judgePermit({ ...attempt, grantedTo: attempt.wipeKey, permitKey: asked.permitKey });
      if (verdict === 'refuse') {
        await tellRefusal(tx, attempt, 'machine', { kind: 'wipe.refused', message: asked.disk, level: 'error' });
        return 'refused';
      }
      if (verdict === 'grant') {
        await keepCallback(tx, attempt.id, { sessionId, key: 'wipe-permit', body: asked, fact: 'wipe-granted' });
        await noteFact(tx, attempt.id, 'wipe-granted');
        await tx.query('update attempts a set wipe_key = $2 where a.id = $1', [attempt.id, asked.permitKey]);
        await tell(tx, attempt, 'machine', { kind: 'wipe.granted', message: asked.disk });
      }
      await noteProgress(tx, attempt.id);
      return 'granted';
    },
  });
}

/** The attempt that a session may speak for, for a reader; undefined when it may not (any more). */
export async function readSessionAttempt(db: Queryable, sessionId: string): Promise<AttemptInContext | undefined> {
  const { rows } = await db.query<{ attempt_id: string }>({
    name: 'attempt-of-unfenced-session',
    text: 'select s.attempt_id from installer_sessions s where s.id = $1 and s.fenced_at is null',
    values: [sessionId],
  });
  const attempt = rows[0] && (await readAttempt(db, rows[0].attempt_id));
  return attempt !== undefined && maySpeak(attempt.situation, { fenced: false }) ? attempt : undefined;
}

/** The hardware as the installer sees it, kept with the machine. */
export async function keepInventory(
  pool: pg.Pool,
  sessionId: string,
  inventory: {
    readonly body: Readonly<Record<string, unknown>>;
    readonly manufacturer: string;
    readonly model: string;
    readonly serial: string;
    readonly smbiosUuid: string | null;
  },
): Promise<'new' | 'repeated' | 'stale'> {
  return asSession(pool, sessionId, 'inventory', {
    live: async (tx, attempt) => {
      await tx.query({
        text: `update machines m set inventory = $2, updated_at = now(),
            manufacturer = coalesce(nullif($3, ''), m.manufacturer), model = coalesce(nullif($4, ''), m.model),
            serial = coalesce(nullif($5, ''), m.serial), smbios_uuid = coalesce(m.smbios_uuid, $6)
          where m.id = $1`,
        values: [
          attempt.machineId,
          inventory.body,
          inventory.manufacturer,
          inventory.model,
          inventory.serial,
          inventory.smbiosUuid,
        ],
      });
      await noteProgress(tx, attempt.id);
      const isNew = await keepCallback(tx, attempt.id, {
        sessionId,
        key: 'inventory',
        body: inventory.body,
        fact: null,
      });
      if (isNew) await tell(tx, attempt, 'machine', { kind: 'installer.inventory', data: inventory.body });
      return isNew ? 'new' : 'repeated';
    },
  });
}

/** How much text one attempt may leave behind. */
const LOG_LIMIT_BYTES = 64 * 1024 * 1024;

export async function keepLog(
  pool: pg.Pool,
  sessionId: string,
  piece: { readonly name: string; readonly body: string },
): Promise<'new' | 'full' | 'stale'> {
  return asSession(pool, sessionId, 'logs', {
    live: async (tx, attempt) => {
      const { rowCount } = await tx.query({
        text: `insert into log_chunks (deployment_id, attempt, name, body)
          select $1, $2, $3, $4
          where (select coalesce(sum(octet_length(l.body)), 0) from log_chunks l
            where l.deployment_id = $1 and l.attempt = $2) + octet_length($4) <= $5`,
        values: [attempt.deploymentId, attempt.number, piece.name, piece.body, LOG_LIMIT_BYTES],
      });
      await noteProgress(tx, attempt.id);
      return rowCount === 1 ? 'new' : 'full';
    },
  });
}

/** Runs `live` for a session that may speak; else notes the refusal. `repeated` may answer before, whatever has become of the session. */
async function asSession<T>(
  pool: pg.Pool,
  sessionId: string,
  what: string,
  work: {
    readonly repeated?: (tx: Queryable) => Promise<T | undefined>;
    readonly live: (tx: Queryable, attempt: AttemptInContext) => Promise<T>;
  },
): Promise<T | 'stale'> {
  return inTransaction(pool, async (tx) => {
    const attemptId = await attemptOfSession(tx, sessionId);
    const attempt = attemptId === undefined ? undefined : await lockAttempt(tx, attemptId);
    if (attempt === undefined) return 'stale';
    const before = await work.repeated?.(tx);
    if (before !== undefined) return before;
    // Read again under the lock: another exchange may just have fenced it.
    const { rowCount } = await tx.query({
      name: 'session-is-fenced',
      text: 'select 1 from installer_sessions s where s.id = $1 and s.fenced_at is not null',
      values: [sessionId],
    });
    if (maySpeak(attempt.situation, { fenced: rowCount === 1 })) return work.live(tx, attempt);
    await tellRefusal(tx, attempt, 'machine', { kind: 'callback.refused', message: what });
    return 'stale';
  });
}

/** Whose session this is, whether it may still speak or not. */
export async function attemptOfSession(db: Queryable, sessionId: string): Promise<string | undefined> {
  const { rows } = await db.query<{ attempt_id: string }>({
    name: 'attempt-of-session',
    text: 'select s.attempt_id from installer_sessions s where s.id = $1',
    values: [sessionId],
  });
  return rows[0]?.attempt_id;
}
