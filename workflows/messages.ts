import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { DeploymentState } from '../domain/deployment.ts';
import type { PhaseName } from '../domain/phases.ts';
import type { MachineReport } from '../domain/report.ts';

/**
 * Every message names its deployment: the workflow id names the machine, whose next deployment must not hear what was
 * meant for this one.
 */
export interface ToDeployment {
  readonly deploymentId: string;
}

/** `by`: a user name or a token's name, for the timeline. */
export interface ByOperator extends ToDeployment {
  readonly by: string;
}

/** `from` null: a new attempt from the network boot. */
export interface Retry extends ByOperator {
  readonly from: PhaseName | null;
}

export interface Extension extends ByOperator {
  readonly minutes: number;
}

/** From the relay, at least once, in any order. */
export const machineReported = defineSignal<[ToDeployment & { readonly report: MachineReport }]>('machineReported');

/*
 * Operators' commands. Each is refused with an ApplicationFailure: type `NotAllowed` with the reason in its message,
 * or `OtherDeployment` when the machine has moved on to another one.
 */

export const retry = defineUpdate<DeploymentState, [Retry]>('retry');
/** Answers with the new deadline, ISO 8601. */
export const extend = defineUpdate<string, [Extension]>('extend');
export const fail = defineUpdate<DeploymentState, [ByOperator & { readonly reason: string }]>('fail');
/** The sender follows it with Temporal's own cancellation, so that the execution ends as Canceled. */
export const cancel = defineUpdate<DeploymentState, [ByOperator]>('cancel');

export const deploymentState = defineQuery<DeploymentState>('deploymentState');
