import type { DeploymentView } from '../../api/contract/deployments.ts';
import { actionsOf } from '../../domain/actions.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Check } from '../../domain/evidence.ts';
import { HINTS } from '../../domain/hold.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Queryable } from '../pool.ts';
import { ROW_COLUMNS, ROW_SOURCE, rowView } from './deployment-rows.ts';
import type { StoredRow } from './deployment-rows.ts';
import { phasesOf } from './phases.ts';

interface StoredView extends StoredRow {
  plan: Plan;
  settings: Record<string, unknown>;
  hold_message: string;
  template_id: string | null;
  system_id: string | null;
  checks: Check[] | null;
  run_id: string | null;
}

/** Where people see workflows, for links. */
export type TemporalUi = { readonly url: string; readonly namespace: string } | null;

/** The whole page of one deployment. */
export async function deploymentView(db: Queryable, id: string, temporalUi: TemporalUi): Promise<DeploymentView> {
  const { rows } = await db.query<StoredView>({
    text: `select ${ROW_COLUMNS}, d.plan, d.settings, d.hold_message, d.template_id, s.id as system_id, a.checks, d.run_id
      from ${ROW_SOURCE}
      left join systems s on s.deployment_id = d.id
      where d.id = $1`,
    values: [id],
  });
  const [row] = rows;
  if (row === undefined) throw new DomainError('not-found', `There is no deployment ${id}.`);
  const base = rowView(row);
  return {
    ...base,
    hold:
      row.hold_reason === null
        ? null
        : { reason: row.hold_reason, message: row.hold_message, hints: [...HINTS[row.hold_reason]] },
    phases: phasesOf({
      plan: row.plan,
      status: row.status,
      phase: row.phase,
      phaseSince: row.phase_since,
      endedAt: row.ended_at,
      entered: await phaseEntries(db, id, row.attempt),
    }),
    checks: row.checks ?? [],
    settings: row.settings,
    actions: mutable(
      actionsOf({
        status: row.status,
        phase: row.phase,
        deadlineRuns: row.deadline_at !== null,
        holdReason: row.hold_reason,
        plan: row.plan,
      }),
    ),
    templateId: row.template_id,
    systemId: row.system_id,
    temporalUrl: temporalUi === null || row.run_id === null ? null : runUrl(temporalUi, row.machine_id, row.run_id),
  };
}

/** When each phase of this attempt was entered last; a retry from a phase enters it again. */
async function phaseEntries(db: Queryable, id: string, attempt: number): Promise<ReadonlyMap<string, Date>> {
  const { rows } = await db.query<{ phase: string; at: Date }>({
    text: `select e.phase, max(e.created_at) as at from events e
      where e.deployment_id = $1 and e.attempt = $2 and e.phase is not null
        and e.kind in ('phase.entered', 'deployment.started', 'attempt.opened')
      group by e.phase`,
    values: [id, attempt],
  });
  return new Map(rows.map((row) => [row.phase, row.at]));
}

function mutable(actions: ReturnType<typeof actionsOf>): DeploymentView['actions'] {
  return { ...actions, retryFrom: [...actions.retryFrom] };
}

function runUrl({ url, namespace }: NonNullable<TemporalUi>, machineId: string, runId: string): string {
  const workflow = encodeURIComponent(`deploy:${machineId}`);
  return `${url}/namespaces/${encodeURIComponent(namespace)}/workflows/${workflow}/${encodeURIComponent(runId)}/history`;
}
