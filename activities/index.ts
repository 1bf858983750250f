import { ApplicationFailure } from '@temporalio/common';
import { DEPLOYMENT_OVER } from '../domain/deploy-input.ts';
import type { Activities } from './contract.ts';
import type { DeploymentStore } from './ports.ts';

/** The world as a workflow may use it. What a repetition cannot cure is said so; everything else is simply thrown. */
export function createActivities({ store }: { readonly store: DeploymentStore }): Activities {
  return {
    async project(projection) {
      const outcome = await store.project(projection);
      if (outcome === 'unknown') throw unknownDeployment(projection.deploymentId);
      if (outcome === 'ended')
        throw ApplicationFailure.nonRetryable('This deployment has ended; its story is told.', DEPLOYMENT_OVER);
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
