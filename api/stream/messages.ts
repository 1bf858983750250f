import type { Change } from '../../db/changes.ts';
import { formatCursor } from '../../db/changes.ts';
import type { Cursor } from '../../db/changes.ts';
import type { Queryable } from '../../db/pool.ts';
import { existingIds } from '../../db/views/existing.ts';
import type { Topic } from '../../db/views/existing.ts';
import { deploymentRows } from '../../db/views/deployment-rows.ts';

/** What happens in one go reaches a page as one piece of text, whose last event carries the place it leads up to. */
export interface Delivery {
  readonly upTo: Cursor;
  readonly text: string;
}

const TOPICS: readonly Topic[] = ['machine', 'image', 'template', 'system'];

/** Turns changes into events. Many changes of one thing are one event with the thing as it is now. */
export async function deliveryOf(db: Queryable, changes: readonly Change[]): Promise<Delivery | undefined> {
  const last = changes.at(-1);
  if (last === undefined) return undefined;
  const events = [
    ...(await deploymentEvents(db, idsOf(changes, 'deployment'))),
    ...idsOf(changes, 'activity').map((deploymentId) => event('activity', { deploymentId })),
  ];
  for (const topic of TOPICS) events.push(...(await plainEvents(db, topic, idsOf(changes, topic))));
  const upTo = { xid: last.xid, id: last.id };
  return { upTo, text: `${events.join('')}${placeMark(upTo)}` };
}

/** A page that sees it reads everything again. */
export function resetMessage(place: Cursor): string {
  return `${event('reset', {})}${placeMark(place)}`;
}

/**
 * An event without data: the browser remembers its id as the place and tells nobody. It stands behind the others, so a
 * connection that breaks in the middle starts again before them.
 */
export function placeMark(place: Cursor): string {
  return `id: ${formatCursor(place)}\n\n`;
}

async function deploymentEvents(db: Queryable, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const rows = await deploymentRows(db, ids);
  const present = new Set(rows.map(({ id }) => id));
  return [...rows.map((row) => event('deployment', row)), ...removed('deployment', ids, present)];
}

async function plainEvents(db: Queryable, topic: Topic, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const present = new Set(await existingIds(db, topic, ids));
  return [...[...present].map((id) => event(topic, { id })), ...removed(topic, ids, present)];
}

function removed(topic: string, ids: readonly string[], present: ReadonlySet<string>): readonly string[] {
  return ids.filter((id) => !present.has(id)).map((id) => event('removed', { topic, id }));
}

function idsOf(changes: readonly Change[], topic: string): readonly string[] {
  return [...new Set(changes.filter((change) => change.topic === topic).map(({ entityId }) => entityId))];
}

/** JSON has no line breaks outside its strings and escapes those inside, so one `data:` line is enough. */
function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
