import type { Compensation, OfAttempt, OfDeployment, Projection, SignsOfLife } from './contract.ts';

/** What the activities need of the store, and no more. `db/` provides it. */
export interface DeploymentStore {
  /**
   * Answers `unknown` when no such deployment exists, and `ended` when it is over by another word than this one; an older
   * or repeated revision changes nothing.
   */
  readonly project: (projection: Projection) => Promise<'written' | 'older' | 'ended' | 'unknown'>;
  readonly signsOfLife: (target: OfAttempt) => Promise<SignsOfLife>;
  readonly openAttempt: (target: OfAttempt) => Promise<'opened' | 'unknown'>;
  readonly closeAttempt: (target: OfAttempt) => Promise<void>;
  /** Answers `no-evidence` when the agent of this attempt has never convinced. */
  readonly acceptSystem: (target: OfAttempt) => Promise<'accepted' | 'no-evidence'>;
  readonly compensate: (target: OfDeployment) => Promise<Compensation>;
}
