import type { INSTALL_STEPS } from './report.ts';

/** What each proof is worth of a whole deployment, in percent. The rest, up to 100, is the service's own work. */
export const PERCENT_WHEN = {
  booted: 4,
  installed: 84,
  'os-started': 90,
  'domain-joined': 94,
  'agent-verified': 98,
} as const;

/** Where a step begins, for an installer that counts nothing. */
const PERCENT_AT_STEP: Readonly<Record<(typeof INSTALL_STEPS)[number], number>> = {
  preflight: 5,
  partitioning: 8,
  downloading: 10,
  verifying: 44,
  applying: 48,
  drivers: 74,
  customising: 76,
  'boot-config': 80,
  installed: PERCENT_WHEN.installed,
};

/**
 * An installer counts its own work from 0 to 100; this is the same as part of the whole deployment. Undefined when the
 * report says nothing of progress. It may be less than what was reached before: the caller keeps the greater.
 */
export function wholePercent(report: {
  readonly step: string;
  readonly percent?: number | undefined;
}): number | undefined {
  const { booted, installed } = PERCENT_WHEN;
  if (report.percent !== undefined) return Math.floor(booted + ((installed - booted) * report.percent) / 100);
  return Object.entries(PERCENT_AT_STEP).find(([step]) => step === report.step)?.[1];
}
