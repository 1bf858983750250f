import type { Response } from 'express';
import { currentCursor, formatCursor } from '../../db/changes.ts';
import type { Queryable } from '../../db/pool.ts';

/** Names the place in the live stream that an answer belongs to. */
export const CURSOR_HEADER = 'X-Octofleet-Cursor';

/**
 * Call it before the rows of an answer are read: a page that subscribes from this place misses nothing between the
 * answer and the subscription.
 */
export async function markPlace(db: Queryable, res: Response): Promise<void> {
  res.set(CURSOR_HEADER, formatCursor(await currentCursor(db)));
}
