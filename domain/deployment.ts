import type { Hold } from './hold.ts';
import type { DeploymentStatus, PhaseName } from './phases.ts';
import type { PhasePlan, Plan } from './plan.ts';
import { PHASE_ENDED_BY } from './report.ts';
import type { MachineReport } from './report.ts';

/** How many report ids a deployment remembers to tell a repeated callback from a new one. */
const REMEMBERED_REPORTS = 200;

/** A deployment as its workflow knows it. Plain JSON, so that it survives continue-as-new. */
export interface DeploymentState {
  readonly attempt: number;
  /** Index of the phase being waited for; every phase before it is finished. Only grows inside an attempt. */
  readonly reached: number;
  readonly status: DeploymentStatus;
  readonly hold: Hold | null;
  /** Set by a report of failure or by a second exchange; cleared by a retry. */
  readonly failure: Hold | null;
  /** True from the wipe permit on: from here a new start erases data and needs an operator's word (D5). */
  readonly wiped: boolean;
  readonly retriesLeft: number;
  readonly seen: readonly string[];
}

export function newDeployment(plan: Plan): DeploymentState {
  return {
    attempt: 1,
    reached: 0,
    status: 'running',
    hold: null,
    failure: null,
    wiped: false,
    retriesLeft: plan.preauthorisedRetries,
    seen: [],
  };
}

/** The phase being waited for; undefined once every phase is finished. */
export function currentPhase(state: DeploymentState, plan: Plan): PhasePlan | undefined {
  return plan.phases[state.reached];
}

/**
 * What a report does to a deployment. Total and idempotent: a repeated report, one of another attempt, or one of
 * a phase long past changes nothing. A later phase's proof implies the earlier ones, whose own callbacks were lost.
 */
export function hear(state: DeploymentState, plan: Plan, report: MachineReport): DeploymentState {
  if (state.seen.includes(report.id)) return state;
  const remembered = { ...state, seen: [...state.seen, report.id].slice(-REMEMBERED_REPORTS) };
  if (report.attempt !== state.attempt) return remembered;

  switch (report.fact) {
    case 'wipe-granted':
      return { ...remembered, wiped: true };
    case 'failed':
      return { ...remembered, failure: remembered.failure ?? failureOf(state, plan, report) };
    case 'frozen':
      return { ...remembered, failure: holdFor(state, plan, 'second-exchange', report.message ?? '') };
    case 'booted':
    case 'installed':
    case 'os-started':
    case 'domain-joined':
    case 'agent-verified': {
      const ended = plan.phases.findIndex((phase) => phase.name === PHASE_ENDED_BY[report.fact]);
      return { ...remembered, reached: Math.max(state.reached, ended + 1) };
    }
  }
}

function failureOf(state: DeploymentState, plan: Plan, report: MachineReport): Hold {
  const words = [report.step, report.reason, report.message].filter((word) => word !== undefined && word !== '');
  return holdFor(state, plan, 'machine-reported-failure', words.join(': '));
}

function holdFor(state: DeploymentState, plan: Plan, reason: Hold['reason'], message: string): Hold {
  const phase: PhaseName = currentPhase(state, plan)?.name ?? 'finalising';
  return { reason, phase, message };
}

/** The deployment as it is when it moves on to the next phase by the service's own work (`finalising`). */
export function finishPhase(state: DeploymentState): DeploymentState {
  return { ...state, reached: state.reached + 1 };
}

export function holdOn(state: DeploymentState, hold: Hold): DeploymentState {
  return { ...state, status: 'holding', hold };
}

export function resume(state: DeploymentState): DeploymentState {
  return { ...state, status: 'running', hold: null, failure: null };
}

/** A new start from the network boot: a new attempt, whose number fences every callback of the old one. */
export function nextAttempt(state: DeploymentState): DeploymentState {
  return { ...resume(state), attempt: state.attempt + 1, reached: 0, wiped: false };
}

/** May an operator's retry begin at this phase, and if not, why? Undefined means yes. */
export function whyNotRetryFrom(state: DeploymentState, plan: Plan, from: PhaseName): string | undefined {
  const index = plan.phases.findIndex((phase) => phase.name === from);
  const phase = plan.phases[index];
  if (phase === undefined) return `The plan of this deployment has no phase ${from}.`;
  if (!phase.resumable) return `A retry cannot begin at ${from}; start from the network boot instead.`;
  if (index > state.reached) return `This deployment has not come as far as ${from}.`;
  return undefined;
}
