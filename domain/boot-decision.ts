import { isFinal } from './phases.ts';
import type { DeploymentStatus, PhaseName } from './phases.ts';

/** What a machine that boots from the network right now is told. */
export const BOOT_ANSWERS = ['install', 'local', 'hold', 'unknown', 'blocked'] as const;
export type BootAnswer = (typeof BOOT_ANSWERS)[number];

/** The answers that send a machine to its own disk, whatever the reason. Safe to repeat from memory. */
export function startsFromDisk(answer: BootAnswer): answer is 'local' | 'unknown' | 'blocked' {
  return answer === 'local' || answer === 'unknown' || answer === 'blocked';
}

/** All that the decision may depend on. Read from the database in one statement; nothing in here is a secret. */
export interface BootSituation {
  readonly machine: { readonly id: string; readonly registered: boolean; readonly blocked: boolean } | null;
  /** The machine's open deployment, else its newest one, else null. */
  readonly deployment: {
    readonly id: string;
    readonly status: DeploymentStatus;
    readonly phase: PhaseName;
    readonly attempt: number;
    /** False when the attempt is closed, or the next one is being opened and its row is not there yet. */
    readonly attemptOpen: boolean;
    /** Facts of the current attempt, written together with the callback that proved them. */
    readonly wipeGranted: boolean;
    readonly installed: boolean;
    readonly frozen: boolean;
  } | null;
  /** Does the workflow engine answer? Without it nobody would follow an installation, so none is begun. */
  readonly engineUp: boolean;
}

export interface BootDecision {
  readonly answer: BootAnswer;
  /** The first rule that matched, by name: the same word in logs, events and the explanation. */
  readonly rule: string;
  /** One sentence for the machine's screen and for the operator. Names no person, domain or secret. */
  readonly because: string;
}

interface Rule {
  readonly name: string;
  readonly answer: BootAnswer;
  readonly because: string;
  readonly applies: (situation: BootSituation) => boolean;
}

/**
 * The whole policy, first match wins. `local` and `hold` are always safe; `install` comes last and is reached
 * only when every reason against it is gone (promises 2 and 9).
 */
const RULES: readonly Rule[] = [
  {
    name: 'unknown-machine',
    answer: 'unknown',
    because: 'No machine with this address is registered here.',
    applies: ({ machine }) => machine?.registered !== true,
  },
  {
    name: 'machine-blocked',
    answer: 'blocked',
    because: 'An operator has blocked this machine; it is not installed.',
    applies: ({ machine }) => machine?.blocked === true,
  },
  {
    name: 'nothing-to-do',
    answer: 'local',
    because: 'No deployment waits for this machine.',
    applies: ({ deployment }) => deployment === null || isFinal(deployment.status),
  },
  {
    name: 'already-installed',
    answer: 'local',
    because: 'The system is on the disk; it starts from there.',
    applies: ({ deployment }) =>
      deployment !== null &&
      (deployment.installed || (deployment.phase !== 'awaiting-boot' && deployment.phase !== 'installing')),
  },
  {
    name: 'attempt-over',
    answer: 'hold',
    because: 'This attempt is over; the next one has not begun.',
    applies: ({ deployment }) => deployment?.attemptOpen === false,
  },
  {
    name: 'frozen',
    answer: 'hold',
    because: 'This attempt was stopped for safety; an operator has to decide.',
    applies: ({ deployment }) => deployment?.frozen === true,
  },
  {
    name: 'wiped-but-not-installed',
    answer: 'hold',
    because: 'The disk was erased in this attempt already; a second time needs an operator.',
    applies: ({ deployment }) => deployment?.wipeGranted === true,
  },
  {
    name: 'holding',
    answer: 'hold',
    because: 'The deployment waits for an operator.',
    applies: ({ deployment }) => deployment?.status === 'holding' && deployment.phase !== 'awaiting-boot',
  },
  {
    name: 'engine-away',
    answer: 'hold',
    because: 'The workflow engine does not answer; the installation begins when it is back.',
    applies: ({ engineUp }) => !engineUp,
  },
  {
    name: 'not-started',
    answer: 'hold',
    because: 'The deployment is about to begin.',
    applies: ({ deployment }) => deployment?.status === 'queued',
  },
  {
    name: 'install',
    answer: 'install',
    because: 'A deployment waits for this machine.',
    applies: ({ deployment }) => deployment !== null && !isFinal(deployment.status),
  },
];

export function decideBoot(situation: BootSituation): BootDecision {
  const rule = RULES.find((candidate) => candidate.applies(situation));
  if (rule === undefined)
    throw new Error('without a deployment there is nothing to do, and with an open one the last rule applies');
  return { answer: rule.answer, rule: rule.name, because: rule.because };
}

/** Every rule with its verdict on this situation, for an operator who asks why. */
export function explainBoot(
  situation: BootSituation,
): readonly (BootDecision & { readonly applies: boolean; readonly decides: boolean })[] {
  const decided = decideBoot(situation).rule;
  return RULES.map((rule) => ({
    answer: rule.answer,
    rule: rule.name,
    because: rule.because,
    applies: rule.applies(situation),
    decides: rule.name === decided,
  }));
}
