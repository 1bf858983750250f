import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import { DomainError } from '../domain/errors.ts';

/** Temporal's many ways to say no, in the program's own words. What is neither a refusal nor an absence means: away. */
export function engineError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  if (error instanceof WorkflowNotFoundError)
    return new DomainError('deployment-not-open', 'This deployment is over.', { cause: error });
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    const { type, message } = error.cause;
    if (type === 'NotAllowed') return new DomainError('command-not-allowed', message, { cause: error });
    if (type === 'OtherDeployment') return new DomainError('deployment-not-open', message, { cause: error });
  }
  return new DomainError('engine-unavailable', 'The workflow engine does not answer.', { cause: error });
}
