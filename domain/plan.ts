import type { PhaseName } from './phases.ts';

/** One phase as one deployment will live it. All times in seconds. */
export interface PhasePlan {
  readonly name: PhaseName;
  /** From entering the phase to giving up, unless an operator extends it. */
  readonly deadlineSeconds: number;
  /** How long the machine may be silent inside the phase; null where silence is normal (nobody is there to talk). */
  readonly leaseSeconds: number | null;
  /** May a retry begin here, keeping what the disk already holds? Otherwise it begins at the boot again. */
  readonly resumable: boolean;
}

/**
 * The resolved story of one deployment. It travels in the workflow's input and never changes, so editing
 * the table below spares the deployments that are already under way.
 */
export interface Plan {
  readonly phases: readonly PhasePlan[];
  /** How often a failed installation may start again without asking (D5: the template's word instead of the operator's). */
  readonly preauthorisedRetries: number;
}

/** Changed limits of single phases, as a template or a request may state them. */
export type PhaseLimits = Partial<
  Record<PhaseName, { readonly deadlineSeconds?: number; readonly leaseSeconds?: number | null }>
>;

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * The usual limits (`awaiting-boot` is long because a person may have to walk to the machine; servers need up to
 * 30 minutes for their self-test alone).
 */
const USUAL: readonly PhasePlan[] = [
  { name: 'awaiting-boot', deadlineSeconds: 24 * HOUR, leaseSeconds: null, resumable: false },
  { name: 'installing', deadlineSeconds: 3 * HOUR, leaseSeconds: 15 * MINUTE, resumable: false },
  { name: 'starting-os', deadlineSeconds: HOUR, leaseSeconds: null, resumable: true },
  { name: 'joining-domain', deadlineSeconds: 30 * MINUTE, leaseSeconds: null, resumable: true },
  { name: 'checking-agent', deadlineSeconds: 30 * MINUTE, leaseSeconds: null, resumable: true },
  { name: 'finalising', deadlineSeconds: 10 * MINUTE, leaseSeconds: null, resumable: true },
];

export function planFor(options: {
  readonly joinsDomain: boolean;
  readonly limits?: PhaseLimits | undefined;
  readonly preauthorisedRetries?: number | undefined;
}): Plan {
  const phases = USUAL.filter((phase) => options.joinsDomain || phase.name !== 'joining-domain').map((phase) => ({
    ...phase,
    ...options.limits?.[phase.name],
  }));
  return { phases, preauthorisedRetries: options.preauthorisedRetries ?? 0 };
}
