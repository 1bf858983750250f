import type { SecretName } from '../domain/settings.ts';
import type { Keyring } from '../keyring.ts';
import type { Queryable } from './pool.ts';

/** Seals a deployment's secrets into its vault. Undefined values are left out. */
export async function storeSecrets(
  db: Queryable,
  keyring: Keyring,
  deploymentId: string,
  values: Readonly<Partial<Record<SecretName, string | undefined>>>,
): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const sealed = keyring.seal(value, contextOf(deploymentId, name));
    await db.query({
      text: 'insert into secrets (deployment_id, name, key_id, sealed) values ($1, $2, $3, $4)',
      values: [deploymentId, name, sealed.keyId, sealed.bytes],
    });
  }
}

/** Opens them again, for a file that is being rendered for the machine itself. Null where there is none. */
export async function readSecrets(
  db: Queryable,
  keyring: Keyring,
  deploymentId: string,
): Promise<Record<SecretName, string | null>> {
  const { rows } = await db.query<{ name: SecretName; key_id: string; sealed: Buffer | null }>({
    text: 'select s.name, s.key_id, s.sealed from secrets s where s.deployment_id = $1',
    values: [deploymentId],
  });
  const open = (name: SecretName): string | null => {
    const row = rows.find((candidate) => candidate.name === name);
    if (row === undefined || row.sealed === null) return null;
    return keyring.open({ keyId: row.key_id, bytes: row.sealed }, contextOf(deploymentId, name));
  };
  return {
    'administrator-password': open('administrator-password'),
    'domain-password': open('domain-password'),
  };
}

/** Once a deployment is over nobody needs the values (D7); that there were some stays known. Answers how many. */
export async function forgetSecrets(db: Queryable, deploymentId: string): Promise<number> {
  const { rowCount } = await db.query({
    text: 'update secrets s set sealed = null where s.deployment_id = $1 and s.sealed is not null',
    values: [deploymentId],
  });
  return rowCount ?? 0;
}

function contextOf(deploymentId: string, name: string): string {
  return `secrets|${deploymentId}|${name}`;
}
