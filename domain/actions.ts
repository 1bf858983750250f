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
  readonly plan: Plan;
}): Actions {
  const { status, phase, plan } = deployment;
  const holding = status === 'holding';
  const reached = plan.phases.findIndex((candidate) => candidate.name === phase);
  const within = plan.phases.slice(0, reached + 1).filter((candidate) => candidate.resumable);
  return {
    retry: holding,
    retryFrom: holding ? within.map(({ name }) => name) : [],
    extend: status === 'running' && deployment.deadlineRuns,
    cancel: !isFinal(status),
    fail: status === 'running' || holding,
    delete: isFinal(status),
  };
}
