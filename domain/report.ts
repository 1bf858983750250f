import type { PhaseName } from './phases.ts';

/** What a machine has proved so far. Each fact ends one phase; `failed` and `frozen` end none. */
export const FACTS = [
  'booted',
  'wipe-granted',
  'installed',
  'os-started',
  'domain-joined',
  'agent-verified',
  'failed',
  'frozen',
] as const;
export type Fact = (typeof FACTS)[number];

/** One acknowledged callback as the workflow hears of it (the relay sends it; the inbox row is its source). */
export interface MachineReport {
  /** The inbox row's id: the same callback always has the same id, however often it is delivered. */
  readonly id: string;
  readonly attempt: number;
  readonly fact: Fact;
  /** For `failed`: where the machine was, why in one stable word, and its own words for people. */
  readonly step?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** The phase that a fact brings to its end. */
export const PHASE_ENDED_BY = {
  booted: 'awaiting-boot',
  installed: 'installing',
  'os-started': 'starting-os',
  'domain-joined': 'joining-domain',
  'agent-verified': 'checking-agent',
} as const satisfies Readonly<Partial<Record<Fact, PhaseName>>>;

/**
 * The finer steps an installer reports inside `installing`; other words are kept and shown as they came.
 * `installed`, done, is the one that proves something: the fact of the same name.
 */
export const INSTALL_STEPS = [
  'preflight',
  'partitioning',
  'downloading',
  'verifying',
  'applying',
  'drivers',
  'customising',
  'boot-config',
  'installed',
] as const;

/** What an installer says of a step of its work. */
export const STEP_STATUSES = ['started', 'progress', 'done', 'failed'] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];
