import type { INSTALL_STEPS } from './report.ts';

/** How much of a whole deployment, in percent, lies behind a machine where a step begins and where it is done. */
const SHARE: Readonly<Record<(typeof INSTALL_STEPS)[number], readonly [from: number, to: number]>> = {
  preflight: [4, 6],
  partitioning: [6, 8],
  downloading: [8, 30],
  verifying: [30, 34],
  applying: [34, 70],
  drivers: [70, 74],
  customising: [74, 78],
  'boot-config': [78, 82],
  installed: [82, 84],
};

/** What the proofs themselves are worth. The rest, up to 100, is the service's own work. */
export const PERCENT_WHEN = {
  booted: 4,
  'os-started': 90,
  'domain-joined': 94,
  'agent-verified': 98,
} as const;

/**
 * A step's own progress as progress of the whole deployment; undefined for a step this table does not know. It may be
 * lower than what was reached before (an installer that streams never says `downloading`): the caller keeps the greater.
 */
export function wholePercent(progress: {
  readonly step: string;
  readonly status: 'started' | 'progress' | 'done' | 'failed';
  readonly percent?: number | undefined;
}): number | undefined {
  const share = shareOf(progress.step);
  if (share === undefined) return undefined;
  const [from, to] = share;
  if (progress.status === 'done') return to;
  return Math.floor(from + ((to - from) * (progress.percent ?? 0)) / 100);
}

function shareOf(step: string): readonly [number, number] | undefined {
  return Object.hasOwn(SHARE, step) ? SHARE[step as keyof typeof SHARE] : undefined;
}
