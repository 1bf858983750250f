import type { DeploymentView } from '../../api/contract/deployments.ts';
import { isFinal } from '../../domain/phases.ts';
import type { DeploymentStatus, PhaseName } from '../../domain/phases.ts';
import type { Plan } from '../../domain/plan.ts';

/** What the timeline of phases is drawn from. */
export interface PhaseFacts {
  readonly plan: Plan;
  readonly status: DeploymentStatus;
  readonly phase: PhaseName;
  readonly phaseSince: Date;
  readonly endedAt: Date | null;
  /** When each phase of the current attempt was entered, as the timeline recorded it. */
  readonly entered: ReadonlyMap<string, Date>;
}

/** Every phase of the plan with its state and times. A phase that was skipped over (its proof implied) has no times. */
export function phasesOf(facts: PhaseFacts): DeploymentView['phases'] {
  const { plan, status, phase } = facts;
  const current = plan.phases.findIndex(({ name }) => name === phase);
  return plan.phases.map(({ name, deadlineSeconds }, index) => {
    const startedAt = name === phase ? facts.phaseSince : index < current ? facts.entered.get(name) : undefined;
    const state =
      status === 'succeeded' || index < current
        ? 'done'
        : index > current
          ? 'ahead'
          : isFinal(status)
            ? 'stopped'
            : 'current';
    return {
      name,
      state,
      startedAt: startedAt?.toISOString() ?? null,
      endedAt: startedAt === undefined ? null : (endOf(facts, index, current)?.toISOString() ?? null),
      deadlineSeconds,
    };
  });
}

/** A phase ends when the next one that was entered begins; the last one when the deployment does. */
function endOf(facts: PhaseFacts, index: number, current: number): Date | null {
  if (index >= current) return facts.endedAt;
  const next = facts.plan.phases
    .slice(index + 1, current)
    .map(({ name }) => facts.entered.get(name))
    .find((at) => at !== undefined);
  return next ?? facts.phaseSince;
}
