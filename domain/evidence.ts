import { sameSmbiosUuid } from './identity.ts';
import type { Family } from './image.ts';

/** What the agent on the installed system says about it. Blank where the system does not know. */
export interface Evidence {
  readonly agentVersion: string;
  readonly bootId: string;
  readonly hostName: string;
  readonly macs: readonly string[];
  readonly smbiosUuid: string;
  readonly serial: string;
  readonly os: { readonly family: string; readonly name: string; readonly version: string; readonly edition: string };
  /** DNS name of the domain the system is a member of, or '' for none, and whether its trust was tested just now. */
  readonly domain: { readonly name: string; readonly trusted: boolean };
  readonly remoteDesktop: boolean;
  /** Files that hold installation secrets and should be gone: answer files, tokens. */
  readonly leftovers: readonly string[];
  /** Difference of its clock to ours in seconds, as computed on receipt. */
  readonly clockSkewSeconds: number;
}

/** What this deployment promised about the system. */
export interface Expectation {
  readonly family: Family;
  readonly edition: string | null;
  readonly hostName: string;
  readonly macs: readonly string[];
  readonly smbiosUuid: string | null;
  readonly domainName: string | null;
  readonly remoteDesktop: boolean;
}

export const CHECK_NAMES = [
  'mac',
  'smbios-uuid',
  'host-name',
  'os',
  'edition',
  'domain',
  'remote-desktop',
  'leftovers',
  'clock',
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** `fail` keeps the deployment from succeeding; `warn` is shown; `skip` was not asked for or cannot be known. */
export type Verdict = 'pass' | 'fail' | 'warn' | 'skip';

/** One line of a deployment's certificate. */
export interface Check {
  readonly name: CheckName;
  readonly verdict: Verdict;
  readonly expected: string;
  readonly found: string;
}

/** How far clocks may differ before Kerberos refuses (five minutes); a warning, since time services need a while. */
const CLOCK_SKEW_LIMIT_SECONDS = 300;

/** The certificate: each promise of the deployment against what the system says about itself. */
export function judge(expected: Expectation, found: Evidence): readonly Check[] {
  const lower = (text: string) => text.toLowerCase();
  const macs = found.macs.map(lower);
  const shortName = lower(found.hostName).split('.')[0] ?? '';
  return [
    check(
      'mac',
      expected.macs.some((mac) => macs.includes(lower(mac))),
      expected.macs.join(' or '),
      macs.join(', '),
    ),
    expected.smbiosUuid === null || found.smbiosUuid === ''
      ? skipped('smbios-uuid', found.smbiosUuid)
      : check(
          'smbios-uuid',
          sameSmbiosUuid(found.smbiosUuid, expected.smbiosUuid),
          expected.smbiosUuid,
          found.smbiosUuid,
        ),
    check('host-name', shortName === lower(expected.hostName), expected.hostName, found.hostName),
    check(
      'os',
      lower(found.os.family) === expected.family,
      expected.family,
      `${found.os.name} ${found.os.version}`.trim(),
    ),
    expected.edition === null
      ? skipped('edition', found.os.edition)
      : check('edition', found.os.edition === expected.edition, expected.edition, found.os.edition),
    expected.domainName === null
      ? skipped('domain', found.domain.name)
      : check(
          'domain',
          lower(found.domain.name) === lower(expected.domainName) && found.domain.trusted,
          `${expected.domainName}, trusted`,
          `${found.domain.name || 'none'}, ${found.domain.trusted ? 'trusted' : 'trust not proven'}`,
        ),
    expected.family !== 'windows' || !expected.remoteDesktop
      ? skipped('remote-desktop', found.remoteDesktop ? 'on' : 'off')
      : check('remote-desktop', found.remoteDesktop, 'on', found.remoteDesktop ? 'on' : 'off'),
    check('leftovers', found.leftovers.length === 0, 'none', found.leftovers.join(', ') || 'none'),
    warnUnless(
      'clock',
      Math.abs(found.clockSkewSeconds) <= CLOCK_SKEW_LIMIT_SECONDS,
      `within ${CLOCK_SKEW_LIMIT_SECONDS} s`,
      `${found.clockSkewSeconds} s`,
    ),
  ];
}

/** Is the domain membership, if it was promised, proven? */
export function provesDomain(checks: readonly Check[]): boolean {
  return checks.every(({ name, verdict }) => name !== 'domain' || verdict !== 'fail');
}

/** The checks that keep a deployment from succeeding. */
export function failing(checks: readonly Check[]): readonly CheckName[] {
  return checks.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name);
}

export function provesAll(checks: readonly Check[]): boolean {
  return failing(checks).length === 0;
}

function check(name: CheckName, good: boolean, expected: string, found: string): Check {
  return { name, verdict: good ? 'pass' : 'fail', expected, found };
}

function warnUnless(name: CheckName, good: boolean, expected: string, found: string): Check {
  return { name, verdict: good ? 'pass' : 'warn', expected, found };
}

function skipped(name: CheckName, found: string): Check {
  return { name, verdict: 'skip', expected: 'not asked for', found };
}
