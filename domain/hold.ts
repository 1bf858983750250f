import type { PhaseName } from './phases.ts';

/** Why a deployment waits for an operator. A code, so that it can be read in any language later. */
export const HOLD_REASONS = [
  'never-booted',
  'installer-silent',
  'came-back-after-wipe',
  'install-too-slow',
  'os-never-started',
  'join-not-proven',
  'agent-not-verified',
  'machine-reported-failure',
  'second-exchange',
  'finalising-failed',
] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

export interface Hold {
  readonly reason: HoldReason;
  readonly phase: PhaseName;
  /** What the machine or the service said, for people; may be empty. */
  readonly message: string;
}

/** The reason when a phase's time is up and nothing better is known. */
export const REASON_WHEN_LATE: Readonly<Record<PhaseName, HoldReason>> = {
  'awaiting-boot': 'never-booted',
  installing: 'install-too-slow',
  'starting-os': 'os-never-started',
  'joining-domain': 'join-not-proven',
  'checking-agent': 'agent-not-verified',
  finalising: 'finalising-failed',
};

/** Holds that more time may cure: the machine is late, silent or not convincing yet. */
export const ENDED_BY_TIME: readonly HoldReason[] = [
  'never-booted',
  'installer-silent',
  'install-too-slow',
  'os-never-started',
  'join-not-proven',
  'agent-not-verified',
];

/**
 * Troubles that a new attempt may cure without asking, where the plan allows it. Not a second exchange (somebody may
 * be listening), not an unproven join or agent (a new attempt would erase a system that runs).
 */
export const CURED_BY_STARTING_AGAIN: readonly HoldReason[] = [
  'installer-silent',
  'came-back-after-wipe',
  'install-too-slow',
  'os-never-started',
  'machine-reported-failure',
];

/** What a person should look at first, most likely cause first. Shown in the interface and returned by the API. */
export const HINTS: Readonly<Record<HoldReason, readonly string[]>> = {
  'never-booted': [
    'Is the machine switched on, and is network boot first (or chosen) in its boot order?',
    'Does the MAC address belong to the card that is plugged into the provisioning network?',
    'Does DHCP on that network name this service’s boot script? Open “Explain boot” for this MAC.',
    'Spanning tree without port-fast delays the link past the firmware’s DHCP time-out.',
  ],
  'installer-silent': [
    'Look at the machine’s screen: the installer prints its last step and error there.',
    'Is the network cable or switch port still up? The installer keeps trying to report.',
    'The log at the end of this page is what it sent last.',
  ],
  'came-back-after-wipe': [
    'The machine booted from the network again after its disk was erased, before it said “installed”.',
    'A retry erases the disk again; choose it when nothing on the disk is wanted.',
    'If it keeps coming back, the installer crashes or somebody resets the machine.',
  ],
  'install-too-slow': [
    'Is the image source reachable at full speed from this network?',
    'Extend the deadline if the installer still makes progress.',
  ],
  'os-never-started': [
    'Does the machine boot from the disk it was installed on? Look at its screen.',
    'If it shows the network boot again, put the disk first in its boot order.',
    'Storage or network drivers missing in the image keep the system from starting or reporting.',
  ],
  'join-not-proven': [
    'Can the machine resolve and reach a domain controller with the DNS servers it was given?',
    'Is its clock within five minutes of the domain’s?',
    'May the join account create computers in that organisational unit?',
  ],
  'agent-not-verified': [
    'The evidence table on this page says which checks fail.',
    'If no report arrived, is the agent’s service running on the machine, and may it reach this service?',
  ],
  'machine-reported-failure': [
    'The machine’s own words are above; the log below has the lines before them.',
    'Correct the cause and retry. A retry erases the disk again.',
  ],
  'second-exchange': [
    'Two parties used the boot script of this attempt. One of them is not your machine, or the machine reset mid-boot.',
    'Check who else is on the provisioning network before you retry: the retry opens a new attempt with new tokens.',
  ],
  'finalising-failed': ['The machine is installed. The service could not tidy up after it; retry from here.'],
};
