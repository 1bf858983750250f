import { REASON_WHEN_LATE } from './hold.ts';
import type { Hold } from './hold.ts';
import type { PhasePlan } from './plan.ts';

/** How long a phase may still take. Milliseconds since 1970, so that a workflow can compare them with its own clock. */
export interface Patience {
  /** When the phase is late. An operator may move it. */
  readonly deadlineAt: number;
  /** Until when silence is no reason to worry; equal to the deadline in a phase where silence is normal. */
  readonly quietUntil: number;
}

/** What is known about the life of a machine at the moment its time is up. */
export interface Life {
  readonly lastSeenAt: string | null;
  readonly cameBackAfterWipe: boolean;
  readonly failingChecks: string;
}

/** Full patience, as at the moment of entering a phase. `deadlineAt` is given when an operator chose another one. */
export function patienceFor(phase: PhasePlan, now: number, deadlineAt = now + phase.deadlineSeconds * 1_000): Patience {
  return { deadlineAt, quietUntil: phase.leaseSeconds === null ? deadlineAt : now + phase.leaseSeconds * 1_000 };
}

/** When somebody has to look again. */
export function looksAgainAt({ deadlineAt, quietUntil }: Patience): number {
  return Math.min(deadlineAt, quietUntil);
}

/** A later deadline. In a phase without a lease the patience for silence moves along. */
export function extended({ deadlineAt, quietUntil }: Patience, byMilliseconds: number): Patience {
  const later = deadlineAt + byMilliseconds;
  return { deadlineAt: later, quietUntil: quietUntil === deadlineAt ? later : quietUntil };
}

/**
 * Time is up: is the machine late, silent, or alive after all? Alive means patience until its lease ends; the lease
 * is renewed by any sign of life in the database and costs the workflow nothing until it is looked at.
 */
export function judgeSilence(phase: PhasePlan, patience: Patience, life: Life, now: number): Patience | Hold {
  const silentSince = life.lastSeenAt === null ? 0 : Date.parse(life.lastSeenAt);
  const quietUntil = phase.leaseSeconds === null ? patience.deadlineAt : silentSince + phase.leaseSeconds * 1_000;
  const silent = quietUntil <= now;
  if (now < patience.deadlineAt && !silent) return { ...patience, quietUntil };

  if (silent && phase.name === 'installing' && life.cameBackAfterWipe)
    return { reason: 'came-back-after-wipe', phase: phase.name, message: '' };
  if (now < patience.deadlineAt) return { reason: 'installer-silent', phase: phase.name, message: '' };
  const message = phase.name === 'checking-agent' || phase.name === 'joining-domain' ? life.failingChecks : '';
  return { reason: REASON_WHEN_LATE[phase.name], phase: phase.name, message };
}
