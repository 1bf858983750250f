import type { DeploymentState } from './deployment.ts';
import type { Plan } from './plan.ts';

/** What a deployment's workflow is started with. References and times only; no secret ever enters it. */
export interface DeployMachineInput {
  readonly deploymentId: string;
  readonly machineId: string;
  /** For Temporal Web: `web-07 (52:54:00:12:34:56)`. */
  readonly label: string;
  readonly plan: Plan;
  /** Where an earlier run of the same deployment left off (continue-as-new); absent at the first start. */
  readonly carried?: { readonly state: DeploymentState; readonly rev: number; readonly openedAttempt: number };
}

/**
 * The failure type by which a workflow learns that its deployment ended without it: begun once too often, or ended in the
 * database while Temporal was lost. It has nothing to clean up; whoever ended the deployment did.
 */
export const DEPLOYMENT_OVER = 'DeploymentOver';
