import { CURED_BY_STARTING_AGAIN, ENDED_BY_TIME } from './hold.ts';
import type { Hold } from './hold.ts';
import { PHASE_NAMES, isFinal } from './phases.ts';
import type { DeploymentStatus, FinalStatus, PhaseName } from './phases.ts';
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
  /** Set by a report of failure or by a second exchange; only an operator's retry clears it. */
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

/**
 * The deployment as its stored callbacks tell it, for an engine that has lost its own data. Retries that the plan
 * allowed unasked may have been spent already, so none is left.
 */
export function rebuiltFrom(plan: Plan, attempt: number, reports: readonly MachineReport[]): DeploymentState {
  const begun: DeploymentState = { ...newDeployment(plan), attempt, retriesLeft: 0 };
  return reports.reduce((state, report) => hear(state, plan, report), begun);
}

/** The phase being waited for; undefined once every phase is finished. */
export function currentPhase(state: DeploymentState, plan: Plan): PhasePlan | undefined {
  return plan.phases[state.reached];
}

/**
 * What a report does to a deployment. Total and idempotent: a repeated report, one of another attempt, or one of
 * a phase long past changes nothing. A later phase's proof implies the earlier ones, whose own callbacks were lost.
 * A holding deployment whose machine comes by itself after all goes on without anybody's help, unless the reason was
 * one that only an operator can settle.
 */
export function hear(state: DeploymentState, plan: Plan, report: MachineReport): DeploymentState {
  if (isFinal(state.status) || state.seen.includes(report.id)) return state;
  const remembered = { ...state, seen: [...state.seen, report.id].slice(-REMEMBERED_REPORTS) };
  if (report.attempt !== state.attempt) return remembered;

  switch (report.fact) {
    case 'wipe-granted':
      return { ...remembered, wiped: true };
    case 'failed':
      return fail(remembered, remembered.failure ?? failureOf(state, plan, report));
    case 'frozen':
      return fail(remembered, holdFor(state, plan, 'second-exchange', report.message ?? ''));
    case 'booted':
    case 'installed':
    case 'os-started':
    case 'domain-joined':
    case 'agent-verified':
      return advance(remembered, plan, PHASE_ENDED_BY[report.fact]);
  }
}

/** A fact ends its phase and all before it. In a plan without that phase (nothing to join) it proves the next earlier one. */
function advance(state: DeploymentState, plan: Plan, ended: PhaseName): DeploymentState {
  const last = PHASE_NAMES.indexOf(ended);
  const reached = plan.phases.filter(({ name }) => PHASE_NAMES.indexOf(name) <= last).length;
  if (reached <= state.reached) return state;
  const moved = { ...state, reached };
  return state.status === 'holding' && state.failure === null ? resume(moved) : moved;
}

/** While it holds for a lesser reason (silence, say), the machine's own word is the better one. */
function fail(state: DeploymentState, failure: Hold): DeploymentState {
  return { ...state, failure, hold: state.status === 'holding' ? failure : null };
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

/** The same, spending one of the retries that the plan allows without asking. */
export function retryUnasked(state: DeploymentState): DeploymentState {
  return { ...nextAttempt(state), retriesLeft: state.retriesLeft - 1 };
}

/** May this trouble be answered by a new attempt without an operator's word (D5)? */
export function mayRetryUnasked(state: DeploymentState, trouble: Hold): boolean {
  return state.retriesLeft > 0 && CURED_BY_STARTING_AGAIN.includes(trouble.reason);
}

/** The end of a deployment. What was final stays as it is. */
export function finish(state: DeploymentState, status: FinalStatus): DeploymentState {
  return isFinal(state.status) ? state : { ...state, status, hold: null, failure: null };
}

/** May the deployment still be failed or cancelled, and if not, why? */
export function whyNotEnd(state: DeploymentState): string | undefined {
  return isFinal(state.status) ? 'This deployment is over.' : undefined;
}

/** May an operator's retry begin at this phase, and if not, why? Undefined means yes. */
export function whyNotRetryFrom(state: DeploymentState, plan: Plan, from: PhaseName): string | undefined {
  const index = plan.phases.findIndex((phase) => phase.name === from);
  const phase = plan.phases[index];
  if (phase === undefined) return `The plan of this deployment has no phase ${from}.`;
  if (!phase.resumable) return `A retry cannot begin at ${from}; start from the network boot instead.`;
  if (index > state.reached) return `This deployment has not come as far as ${from}.`;
  if (index < state.reached) return `This attempt has left ${from} behind; phases only move forward.`;
  if (state.failure?.reason === 'second-exchange')
    return 'Two parties used this attempt; only a new one, from the network boot, is safe.';
  return undefined;
}

/** May an operator retry at all (`from` null: from the network boot), and if not, why? */
export function whyNotRetry(state: DeploymentState, plan: Plan, from: PhaseName | null): string | undefined {
  if (state.status !== 'holding') return 'Only a deployment that holds can be retried.';
  return from === null ? undefined : whyNotRetryFrom(state, plan, from);
}

/**
 * May the current phase get more time, and if not, why? A deployment that holds because its time was up may: it
 * then goes on waiting where it was.
 */
export function whyNotExtend(state: DeploymentState, plan: Plan): string | undefined {
  const phase = currentPhase(state, plan);
  if (isFinal(state.status) || phase === undefined) return 'This deployment is over.';
  if (phase.name === 'finalising') return 'The service itself is at work; there is no deadline to move.';
  if (state.hold !== null && !ENDED_BY_TIME.includes(state.hold.reason))
    return 'More time does not help here; retry, fail or cancel it.';
  return undefined;
}
