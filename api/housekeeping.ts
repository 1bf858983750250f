import type pg from 'pg';
import { trimChanges } from '../db/changes.ts';
import { forgetOldKeys } from '../db/idempotency.ts';
import { forgetOldSessions } from '../db/sessions.ts';
import type { Log } from './log.ts';

const EVERY_MS = 10 * 60_000;

/** Throws away what nobody needs any more: told changes, answered idempotency keys, ended sessions. */
export function startHousekeeping({ pool, log }: { readonly pool: pg.Pool; readonly log: Log }): {
  readonly stop: () => void;
} {
  const timer = setInterval(() => {
    tidyUp(pool).then(
      (gone) => log.debug(gone, 'tidied up'),
      (error: unknown) => log.warn({ err: error }, 'could not tidy up; tries again in ten minutes'),
    );
  }, EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

/** One round; tells how much went. Safe in several processes at once. */
export async function tidyUp(pool: pg.Pool): Promise<{
  readonly changes: number;
  readonly keys: number;
  readonly sessions: number;
}> {
  return {
    changes: await trimChanges(pool),
    keys: await forgetOldKeys(pool),
    sessions: await forgetOldSessions(pool),
  };
}
