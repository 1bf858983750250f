/** What a deployment waits for, in the order it happens. One name in SQL, TypeScript, URLs and on screen. */
export const PHASE_NAMES = [
  'awaiting-boot',
  'installing',
  'starting-os',
  'joining-domain',
  'checking-agent',
  'finalising',
] as const;
export type PhaseName = (typeof PHASE_NAMES)[number];

/** How far a deployment is as a whole. `holding` waits for an operator's decision and still owns the machine. */
export const DEPLOYMENT_STATUSES = ['queued', 'running', 'holding', 'succeeded', 'failed', 'cancelled'] as const;
export type DeploymentStatus = (typeof DEPLOYMENT_STATUSES)[number];

export const FINAL_STATUSES = ['succeeded', 'failed', 'cancelled'] as const satisfies readonly DeploymentStatus[];
export type FinalStatus = (typeof FINAL_STATUSES)[number];

export function isFinal(status: DeploymentStatus): status is FinalStatus {
  return FINAL_STATUSES.some((final) => final === status);
}

export function isPhaseName(value: string): value is PhaseName {
  return PHASE_NAMES.some((name) => name === value);
}
