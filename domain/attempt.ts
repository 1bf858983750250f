import { decideBoot } from './boot-decision.ts';
import type { BootSituation } from './boot-decision.ts';
import { isFinal } from './phases.ts';

/*
 * What the credentials of one attempt are worth at this moment. The workflow engine has no say: a machine that was told
 * to install is listened to while the engine is away, and only the boot plane refuses to begin then.
 */

/** An installer session as far as the rules need it. */
export interface SessionStanding {
  readonly clientKey: string;
  /** A later exchange, a freeze or the end of the attempt took its right to speak. */
  readonly fenced: boolean;
}

/** Would the boot plane, with everything running, tell this machine to install now? */
export function mayInstall(situation: Omit<BootSituation, 'engineUp'>): boolean {
  return decideBoot({ ...situation, engineUp: true }).answer === 'install';
}

/** Is the attempt still the one that counts, so that what its machine says changes something? */
export function isAttemptLive({ deployment }: Pick<BootSituation, 'deployment'>): boolean {
  return deployment !== null && deployment.attemptOpen && !deployment.frozen && !isFinal(deployment.status);
}

/** May this session speak? */
export function maySpeak(
  situation: Pick<BootSituation, 'deployment'>,
  { fenced }: Pick<SessionStanding, 'fenced'>,
): boolean {
  return !fenced && isAttemptLive(situation);
}

/**
 * `open`: a new session begins and fences the one before. `repeat`: the same client asks again, its answer was lost.
 * `replay`: a second party has the script, so nobody may go on. `stale`: worth nothing any more.
 */
export type ExchangeVerdict = 'open' | 'repeat' | 'replay' | 'stale';

export function judgeExchange(asked: {
  readonly situation: Omit<BootSituation, 'engineUp'>;
  /** Exchanges the attempt has seen. */
  readonly exchanges: number;
  /** The ordinal in the nonce. */
  readonly ordinal: number;
  readonly clientKey: string;
  /** The session that this very nonce opened; null while it opened none. */
  readonly session: SessionStanding | null;
}): ExchangeVerdict {
  const { situation, exchanges, ordinal, clientKey, session } = asked;
  if (session === null) return ordinal === exchanges + 1 && mayInstall(situation) ? 'open' : 'stale';
  if (session.clientKey !== clientKey) return isReplayDangerous(situation) ? 'replay' : 'stale';
  return maySpeak(situation, session) ? 'repeat' : 'stale';
}

/** Once the system is on the disk a copy of the old script can do no harm, and must not be able to stop anything. */
function isReplayDangerous({ deployment }: Pick<BootSituation, 'deployment'>): boolean {
  return deployment !== null && deployment.attemptOpen && !isFinal(deployment.status) && !deployment.installed;
}

/** `grant` flips the row, once per attempt; `repeat` is the same request whose answer was lost. */
export type PermitVerdict = 'grant' | 'repeat' | 'refuse';

export function judgePermit(asked: {
  readonly situation: Omit<BootSituation, 'engineUp'>;
  /** The key that the permit was given to, null while it was given to none. */
  readonly grantedTo: string | null;
  readonly permitKey: string;
}): PermitVerdict {
  const { situation, grantedTo, permitKey } = asked;
  if (grantedTo === null) return mayInstall(situation) ? 'grant' : 'refuse';
  return grantedTo === permitKey && situation.deployment?.installed === false ? 'repeat' : 'refuse';
}

/** `enrol` uses the token up; `repeat` is the same agent whose answer was lost; `replay` is somebody else with its token. */
export type EnrolmentVerdict = 'enrol' | 'repeat' | 'replay' | 'stale';

export function judgeEnrolment(asked: {
  readonly situation: Pick<BootSituation, 'deployment'>;
  readonly token: { readonly usedBy: string | null; readonly void: boolean };
  readonly clientKey: string;
}): EnrolmentVerdict {
  const { situation, token, clientKey } = asked;
  if (token.usedBy !== null && token.usedBy !== clientKey) return 'replay';
  if (token.void || !isAttemptLive(situation)) return 'stale';
  return token.usedBy === null ? 'enrol' : 'repeat';
}
