import type { Queryable } from './pool.ts';

/** Open deployments of demo machines: they have to be cancelled before the demo can go. */
export async function openDemoDeployments(db: Queryable): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select d.id from deployments d join machines m on m.id = d.machine_id
      where (d.demo or m.demo) and d.status in ('queued', 'running', 'holding') order by d.created_at`,
  );
  return rows.map(({ id }) => id);
}

/**
 * Removes every record of the demo. Call it in a transaction. Returns the digests whose files nothing names any more;
 * a file that a real image shares stays.
 */
export async function deleteDemo(tx: Queryable): Promise<readonly string[]> {
  await tx.query('delete from deployments d using machines m where m.id = d.machine_id and (d.demo or m.demo)');
  await tx.query('delete from systems s where s.demo');
  await tx.query('delete from machines m where m.demo');
  await tx.query('delete from templates t where t.demo');
  await tx.query('delete from images i where i.demo');
  const { rows } = await tx.query<{ sha256: string }>(
    `with gone as (delete from assets a where a.demo returning a.sha256)
      select distinct g.sha256 from gone g
      where not exists (select 1 from assets k where k.sha256 = g.sha256 and not k.demo)`,
  );
  return rows.map(({ sha256 }) => sha256);
}
