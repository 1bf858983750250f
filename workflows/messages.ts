import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { DeploymentState } from '../domain/deployment.ts';
import type { PhaseName } from '../domain/phases.ts';
import type { MachineReport } from '../domain/report.ts';

/** Who gave a command: a user name or a token's name, for the timeline. */
export interface ByOperator {
  readonly by: string;
}

/** From the relay, at least once, in any order. */
export const machineReported = defineSignal<[MachineReport]>('machineReported');

/** `from` null: a new attempt from the network boot. Refused (type `NotAllowed`) unless the deployment holds. */
export const retry = defineUpdate<DeploymentState, [ByOperator & { readonly from: PhaseName | null }]>('retry');
/** Answers with the new deadline, ISO 8601. Refused for a phase without a running deadline. */
export const extend = defineUpdate<string, [ByOperator & { readonly minutes: number }]>('extend');
export const fail = defineUpdate<DeploymentState, [ByOperator & { readonly reason: string }]>('fail');
export const cancel = defineUpdate<DeploymentState, [ByOperator]>('cancel');

export const deploymentState = defineQuery<DeploymentState>('deploymentState');
