import type pg from 'pg';
import type { Compensation, OfDeployment } from '../activities/contract.ts';
import type { DeploymentSettings } from '../domain/settings.ts';
import { voidCredentials } from './attempts.ts';
import { inTransaction } from './pool.ts';
import { forgetSecrets } from './secrets.ts';

interface FactsRow {
  readonly settings: Pick<DeploymentSettings, 'domain' | 'hostName'>;
  readonly wiped: boolean;
  readonly installed: boolean;
  readonly os_started: boolean;
}

/**
 * Undoes what a deployment that ended early leaves in the world, and names what cannot be undone (D7). Everything is
 * read from facts, so that a second run, or one after a crash, says and does the same.
 */
export async function compensate(pool: pg.Pool, { deploymentId }: OfDeployment): Promise<Compensation> {
  return inTransaction(pool, async (tx) => {
    await forgetSecrets(tx, deploymentId);
    await voidCredentials(tx, deploymentId);
    const { rows } = await tx.query<FactsRow>(
      `select d.settings, coalesce(bool_or(a.wipe_granted_at is not null), false) as wiped,
          coalesce(bool_or(a.installed_at is not null), false) as installed,
          coalesce(bool_or(a.os_started_at is not null), false) as os_started
        from deployments d left join attempts a on a.deployment_id = d.id
        where d.id = $1 group by d.id`,
      [deploymentId],
    );
    const facts = rows[0];
    return { undone: UNDONE, remains: facts === undefined ? [] : remainsOf(facts) };
  });
}

const UNDONE: readonly string[] = [
  'The boot script was withdrawn: the machine starts from its own disk.',
  'The secrets of this deployment were erased.',
  'Its enrolment tokens and device keys are void.',
];

function remainsOf({ settings, wiped, installed, os_started: osStarted }: FactsRow): readonly string[] {
  const remains: string[] = [];
  if (installed) remains.push('The disk holds the new system, which no one has accepted.');
  else if (wiped) remains.push('The disk of the machine was erased and holds no complete system.');
  if (settings.domain !== null && (installed || osStarted))
    remains.push(`The computer account ${settings.hostName} may exist in ${settings.domain.name}.`);
  return remains;
}
