import { ENDED_BY_TIME } from './hold.ts';
import type { HoldReason } from './hold.ts';
import { isFinal } from './phases.ts';
import type { DeploymentStatus, PhaseName } from './phases.ts';
import type { Plan } from './plan.ts';

/** What an operator may do to a deployment now. The workflow has the last word; this is what a page offers. */
export interface Actions {
  readonly retry: boolean;
  /** Phases that a retry may begin at, keeping what the disk holds, besides the network boot. */
  readonly retryFrom: readonly PhaseName[];
  readonly extend: boolean;
  readonly cancel: boolean;
  readonly fail: boolean;
  readonly delete: boolean;
}

export function actionsOf(deployment: {
  readonly status: DeploymentStatus;
  readonly phase: PhaseName;
  readonly deadlineRuns: boolean;
  readonly holdReason: HoldReason | null;
  readonly plan: Plan;
}): Actions {
  const { status, phase, holdReason, plan } = deployment;
  const holding = status === 'holding';
  // Only where it stands: phases move forward inside an attempt. After a second exchange not even there.
  const keepsDisk = plan.phases.some(({ name, resumable }) => name === phase && resumable);
  const late = holding && holdReason !== null && ENDED_BY_TIME.includes(holdReason);
  return {
    retry: holding,
    retryFrom: holding && keepsDisk && holdReason !== 'second-exchange' ? [phase] : [],
    extend: phase !== 'finalising' && ((status === 'running' && deployment.deadlineRuns) || late),
    cancel: !isFinal(status),
    fail: status === 'running' || holding,
    delete: isFinal(status),
  };
}
