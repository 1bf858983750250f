import type { BootSituation } from '../domain/boot-decision.ts';
import type { DeploymentStatus, PhaseName } from '../domain/phases.ts';
import type { Queryable } from './pool.ts';

/** One attempt with all that surrounds it. */
export interface AttemptInContext {
  readonly id: string;
  readonly number: number;
  readonly exchanges: number;
  /** The key that the wipe permit was given to. */
  readonly wipeKey: string | null;
  readonly deploymentId: string;
  readonly phase: PhaseName;
  readonly machineId: string;
  readonly demo: boolean;
  readonly situation: Omit<BootSituation, 'engineUp'>;
}

/**
 * Everything that a machine says about one attempt is heard one after the other: the row stays locked until the
 * transaction ends. Undefined when the attempt was deleted with its deployment.
 */
export async function lockAttempt(tx: Queryable, attemptId: string): Promise<AttemptInContext | undefined> {
  const { rows } = await tx.query<AttemptRow>({
    name: 'lock-attempt',
    // The deployment first, as everybody does who locks both; its timeline refers to it anyway.
    text: `${ATTEMPT_IN_CONTEXT} for key share of d for no key update of a`,
    values: [attemptId],
  });
  return rows[0] && fromRow(rows[0]);
}

/** The same for a reader, who locks nothing. */
export async function readAttempt(db: Queryable, attemptId: string): Promise<AttemptInContext | undefined> {
  const { rows } = await db.query<AttemptRow>({ name: 'read-attempt', text: ATTEMPT_IN_CONTEXT, values: [attemptId] });
  return rows[0] && fromRow(rows[0]);
}

const ATTEMPT_IN_CONTEXT = `select a.id, a.number, a.exchanges, a.wipe_key, a.closed_at is null and a.number = d.attempt as open,
        a.wipe_granted_at is not null as wipe_granted, a.installed_at is not null as installed,
        a.frozen_at is not null as frozen, d.id as deployment_id, d.status, d.phase, d.attempt, d.demo,
        m.id as machine_id, m.registered_at is not null as registered, m.blocked
      from attempts a join deployments d on d.id = a.deployment_id join machines m on m.id = d.machine_id
      where a.id = $1`;

interface AttemptRow {
  readonly id: string;
  readonly number: number;
  readonly exchanges: number;
  readonly wipe_key: string | null;
  readonly open: boolean;
  readonly wipe_granted: boolean;
  readonly installed: boolean;
  readonly frozen: boolean;
  readonly deployment_id: string;
  readonly status: DeploymentStatus;
  readonly phase: PhaseName;
  readonly attempt: number;
  readonly demo: boolean;
  readonly machine_id: string;
  readonly registered: boolean;
  readonly blocked: boolean;
}

function fromRow(row: AttemptRow): AttemptInContext {
  return {
    id: row.id,
    number: row.number,
    exchanges: row.exchanges,
    wipeKey: row.wipe_key,
    deploymentId: row.deployment_id,
    phase: row.phase,
    machineId: row.machine_id,
    demo: row.demo,
    situation: {
      machine: { id: row.machine_id, registered: row.registered, blocked: row.blocked },
      deployment: {
        id: row.deployment_id,
        status: row.status,
        phase: row.phase,
        attempt: row.attempt,
        attemptOpen: row.open,
        wipeGranted: row.wipe_granted,
        installed: row.installed,
        frozen: row.frozen,
      },
    },
  };
}
