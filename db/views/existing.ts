import type { Queryable } from '../pool.ts';

const TABLES = { machine: 'machines', image: 'images', template: 'templates', system: 'systems' } as const;
export type Topic = keyof typeof TABLES;

/** Which of these are still there. */
export async function existingIds(db: Queryable, topic: Topic, ids: readonly string[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>({
    text: `select x.id from ${TABLES[topic]} x where x.id = any ($1)`,
    values: [ids],
  });
  return rows.map(({ id }) => id);
}
