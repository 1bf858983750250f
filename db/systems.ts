import { DomainError } from '../domain/errors.ts';
import type { Queryable } from './pool.ts';

/**
 * Takes a system out of the registry: it was switched off for good. Its machine stays. Refused while a deployment of
 * the machine is under way, which would write it again.
 */
export async function deleteSystem(tx: Queryable, id: string): Promise<void> {
  const { rows } = await tx.query<{ open: string | null }>({
    text: `select (select d.id from deployments d where d.machine_id = s.machine_id
        and d.status in ('queued', 'running', 'holding')) as open
      from systems s where s.id = $1 for update`,
    values: [id],
  });
  const [row] = rows;
  if (row === undefined) throw new DomainError('not-found', `There is no system ${id}.`);
  if (row.open !== null)
    throw new DomainError('still-in-use', 'A deployment of its machine is under way.', {
      facts: { usedBy: [{ kind: 'deployment', id: row.open, name: '' }] },
    });
  await tx.query({ text: `update tokens t set revoked_at = now() where t.system_id = $1`, values: [id] });
  await tx.query({ text: 'delete from systems s where s.id = $1', values: [id] });
}
