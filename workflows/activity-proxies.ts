import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/contract.ts';

/**
 * Short work on our own database. It is retried until it succeeds: an outage there is no reason to fail a machine,
 * and waiting for the next try costs no history.
 */
export const { project, signsOfLife, openAttempt, closeAttempt, acceptSystem, compensate } =
  proxyActivities<Activities>({
    startToCloseTimeout: '10 seconds',
    retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
  });
