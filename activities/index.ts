import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from './contract.ts';
import type { DeploymentStore } from './ports.ts';

/** The world as a workflow may use it. What a repetition cannot cure is said so; everything else is simply thrown. */
export function createActivities({ store }: { readonly store: DeploymentStore }): Activities {
  return {
    async project(projection) {
      if ((await store.project(projection)) === 'unknown') throw unknownDeployment(projection.deploymentId);
    },

    signsOfLife: (target) => store.signsOfLife(target),

    async openAttempt(target) {
      if ((await store.openAttempt(target)) === 'unknown') throw unknownDeployment(target.deploymentId);
    },

    closeAttempt: (target) => store.closeAttempt(target),

    async acceptSystem(target) {
      if ((await store.acceptSystem(target)) === 'no-evidence')
        throw ApplicationFailure.nonRetryable('No report of the agent is stored for this attempt.', 'NoEvidence');
    },

    compensate: (target) => store.compensate(target),
  };
}

function unknownDeployment(deploymentId: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`There is no deployment ${deploymentId} in the store.`, 'UnknownDeployment');
}
