import { SECRET_NAMES } from '../domain/settings.ts';
import type { SecretName } from '../domain/settings.ts';
import type { Queryable } from './pool.ts';

/** Which secrets a deployment has, without opening any: a preview shows a mask where one stands. */
export async function secretNamesOf(db: Queryable, deploymentId: string): Promise<readonly SecretName[]> {
  const { rows } = await db.query<{ name: string }>({
    text: 'select s.name from secrets s where s.deployment_id = $1',
    values: [deploymentId],
  });
  return SECRET_NAMES.filter((name) => rows.some((row) => row.name === name));
}
