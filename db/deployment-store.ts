import type pg from 'pg';
import type { DeploymentStore } from '../activities/ports.ts';
import { acceptSystem } from './acceptance.ts';
import { closeAttempt, openAttempt, signsOfLife } from './attempts.ts';
import type { EnrolmentHash } from './attempts.ts';
import { compensate } from './compensation.ts';
import { project } from './projection.ts';

/** The store as the activities see it, on PostgreSQL. */
export function deploymentStore(pool: pg.Pool, enrolmentHash: EnrolmentHash): DeploymentStore {
  return {
    project: (projection) => project(pool, projection),
    signsOfLife: (target) => signsOfLife(pool, target),
    openAttempt: (target) => openAttempt(pool, enrolmentHash, target),
    closeAttempt: (target) => closeAttempt(pool, target),
    acceptSystem: (target) => acceptSystem(pool, target),
    compensate: (target) => compensate(pool, target),
  };
}
