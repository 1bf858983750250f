import type pg from 'pg';
import type { OfAttempt } from '../activities/contract.ts';
import type { Check, Evidence } from '../domain/evidence.ts';
import { appendEvent } from './events.ts';
import { inTransaction } from './pool.ts';
import { forgetSecrets } from './secrets.ts';

interface CertificateRow {
  readonly machine_id: string;
  readonly host_name: string;
  readonly demo: boolean;
  readonly evidence: Evidence | null;
  readonly checks: readonly Check[] | null;
}

/**
 * The machine becomes a system: entered, or brought up to date, with the evidence of this attempt's agent. The
 * deployment's secrets are forgotten in the same step. Running it again changes nothing.
 */
export async function acceptSystem(
  pool: pg.Pool,
  { deploymentId, attempt }: OfAttempt,
): Promise<'accepted' | 'no-evidence'> {
  return inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<CertificateRow>(
      `select d.machine_id, d.host_name, d.demo, a.evidence, a.checks
        from deployments d join attempts a on a.deployment_id = d.id and a.number = $2
        where d.id = $1 for update of d`,
      [deploymentId, attempt],
    );
    const row = rows[0];
    if (row?.evidence === null || row?.evidence === undefined) return 'no-evidence';
    const { evidence, checks } = row;

    const told = await tx.query(
      `select 1 from events e where e.deployment_id = $1 and e.attempt = $2 and e.kind = 'system.accepted'`,
      [deploymentId, attempt],
    );
    if (told.rowCount !== 0) return 'accepted';

    await tx.query(
      `insert into systems (machine_id, deployment_id, host_name, os_name, os_version, domain_name, agent_version,
          evidence, checks, last_report_at, accepted_at, demo)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now(), now(), $10)
        on conflict (machine_id) do update set deployment_id = excluded.deployment_id, host_name = excluded.host_name,
          os_name = excluded.os_name, os_version = excluded.os_version, domain_name = excluded.domain_name,
          agent_version = excluded.agent_version, evidence = excluded.evidence, checks = excluded.checks,
          accepted_at = excluded.accepted_at, demo = excluded.demo`,
      [
        row.machine_id,
        deploymentId,
        evidence.hostName === '' ? row.host_name : evidence.hostName,
        evidence.os.name,
        evidence.os.version,
        evidence.domain.name,
        evidence.agentVersion,
        JSON.stringify(evidence),
        JSON.stringify(checks ?? []),
        row.demo,
      ],
    );
    await forgetSecrets(tx, deploymentId);
    await appendEvent(tx, {
      deploymentId,
      machineId: row.machine_id,
      attempt,
      source: 'service',
      kind: 'system.accepted',
      phase: 'finalising',
      message: evidence.hostName,
    });
    return 'accepted';
  });
}
