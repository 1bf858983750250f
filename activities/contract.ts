import type { FinalStatus, DeploymentStatus, PhaseName } from '../domain/phases.ts';
import type { Hold } from '../domain/hold.ts';
import type { EventKind } from '../domain/timeline.ts';

export interface OfDeployment {
  readonly deploymentId: string;
}

export interface OfAttempt extends OfDeployment {
  readonly attempt: number;
}

/** The workflow's view of a deployment, as the database shall show it. Wins only over an older revision. */
export interface Projection extends OfDeployment {
  readonly rev: number;
  readonly status: DeploymentStatus;
  readonly phase: PhaseName;
  readonly attempt: number;
  /** ISO 8601, workflow time. */
  readonly phaseSince: string;
  readonly deadlineAt: string | null;
  readonly hold: Hold | null;
  readonly runId: string;
  /** What this change adds to the timeline; written together with the row, once. */
  readonly lines: readonly TimelineLine[];
}

/** A line of the timeline as the workflow writes it. `actor` is empty for the service itself. */
export interface TimelineLine {
  readonly kind: EventKind;
  readonly actor: string;
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
}

/** Signs of life of the current attempt, as PostgreSQL knows them. ISO 8601, null for never. */
export interface SignsOfLife {
  readonly lastSeenAt: string | null;
  /** The machine asked for a boot script although its disk was erased and nothing was installed since. */
  readonly cameBackAfterWipe: boolean;
  /** What the agent's last report failed, for people; '' when there was none. */
  readonly failingChecks: string;
}

/** What an ended deployment left behind: one sentence each, for the timeline. */
export interface Compensation {
  readonly undone: readonly string[];
  readonly remains: readonly string[];
}

/**
 * All that a workflow may ask of the world. One argument object each, plain JSON in and out, and every one safe to
 * run twice: Temporal promises at least once, never exactly once.
 */
export interface Activities {
  readonly project: (projection: Projection) => Promise<void>;
  readonly signsOfLife: (target: OfAttempt) => Promise<SignsOfLife>;
  /** Makes the attempt the current one: its boot script is handed out, every credential of earlier ones is void. */
  readonly openAttempt: (target: OfAttempt) => Promise<void>;
  /** Ends an attempt: boot answer withdrawn, installer sessions fenced, enrolment token void. */
  readonly closeAttempt: (target: OfAttempt) => Promise<void>;
  /** Enters the machine in the registry of systems with the evidence of its agent, and forgets what only the installation needed. */
  readonly acceptSystem: (target: OfAttempt) => Promise<void>;
  /**
   * Undoes what an ended deployment leaves in the world and names what cannot be undone (D7). Derived from facts in
   * the database, so that it does the same after a crash; returns the lines for the timeline.
   */
  readonly compensate: (
    target: OfAttempt & { readonly outcome: Exclude<FinalStatus, 'succeeded'> },
  ) => Promise<Compensation>;
}
