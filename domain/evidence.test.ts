import { describe, expect, test } from 'vitest';
import { failing, judge, provesAll, provesDomain } from './evidence.ts';
import type { Evidence, Expectation } from './evidence.ts';

const expected: Expectation = {
  family: 'windows',
  edition: 'ServerStandard',
  hostName: 'WEB-07',
  macs: ['52:54:00:12:34:56', '52:54:00:12:34:57'],
  smbiosUuid: '4c4c4544-0042-3510-8053-b4c04f4e4a32',
  domainName: 'corp.example.com',
  remoteDesktop: true,
};

const found: Evidence = {
  agentVersion: '1.0.0',
  bootId: 'b',
  hostName: 'web-07.corp.example.com',
  macs: ['52:54:00:12:34:57'],
  smbiosUuid: '4C4C4544-0042-3510-8053-B4C04F4E4A32',
  serial: '',
  os: { family: 'Windows', name: 'Windows Server 2025', version: '10.0.26100', edition: 'ServerStandard' },
  domain: { name: 'CORP.example.com', trusted: true },
  remoteDesktop: true,
  leftovers: [],
  clockSkewSeconds: -12,
};

const failingOf = (evidence: Partial<Evidence>, promised: Partial<Expectation> = {}) =>
  failing(judge({ ...expected, ...promised }, { ...found, ...evidence }));

describe('the certificate of a deployment', () => {
  test('passes a system that is what was promised, however it spells itself', () => {
    expect(judge(expected, found).map(({ verdict }) => verdict)).toEqual(Array.from({ length: 9 }, () => 'pass'));
  });

  test.each([
    ['mac', { macs: ['52:54:00:99:99:99'] }],
    ['mac', { macs: [] }],
    ['smbios-uuid', { smbiosUuid: '11111111-2222-3333-4444-555555555555' }],
    ['host-name', { hostName: 'web-08' }],
    ['host-name', { hostName: '' }],
    ['os', { os: { ...found.os, family: 'linux' } }],
    ['edition', { os: { ...found.os, edition: 'ServerDatacenter' } }],
    ['domain', { domain: { name: 'corp.example.com', trusted: false } }],
    ['domain', { domain: { name: 'other.example.com', trusted: true } }],
    ['domain', { domain: { name: '', trusted: false } }],
    ['remote-desktop', { remoteDesktop: false }],
    ['leftovers', { leftovers: ['C:\\Windows\\Panther\\unattend.xml'] }],
  ])('fails %s', (name, evidence) => {
    expect(failingOf(evidence)).toEqual([name]);
  });

  test('warns of a clock that Kerberos will not accept, and lets the deployment end', () => {
    const checks = judge(expected, { ...found, clockSkewSeconds: 301 });

    expect(checks.find(({ name }) => name === 'clock')).toMatchObject({ verdict: 'warn', found: '301 s' });
    expect(provesAll(checks)).toBe(true);
  });

  test('does not ask for what was not promised or cannot be known', () => {
    const promised = { edition: null, domainName: null, remoteDesktop: false, smbiosUuid: null };
    const checks = judge({ ...expected, ...promised }, { ...found, domain: { name: '', trusted: false } });

    expect(checks.filter(({ verdict }) => verdict === 'skip').map(({ name }) => name)).toEqual([
      'smbios-uuid',
      'edition',
      'domain',
      'remote-desktop',
    ]);
    expect(provesAll(checks) && provesDomain(checks)).toBe(true);
    expect(failingOf({ smbiosUuid: '' })).toEqual([]);
  });

  test('knows the same board by either byte order of its UUID', () => {
    expect(failingOf({ smbiosUuid: '44454c4c-4200-1035-8053-b4c04f4e4a32' })).toEqual([]);
  });

  test('tells a proven domain from the rest', () => {
    const checks = judge(expected, { ...found, leftovers: ['token'] });

    expect(provesDomain(checks)).toBe(true);
    expect(provesAll(checks)).toBe(false);
  });
});
