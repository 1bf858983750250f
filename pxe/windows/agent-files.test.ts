import { describe, expect, it } from 'vitest';
import { EnrolRequest, EvidenceWire } from '../../api/contract/machine.ts';
import { windowsContext } from '../../test/windows-context.ts';
import { renderAgentConfig, renderAgentScript } from './agent-files.ts';
import { renderDeployCmd } from './deploy-cmd.ts';
import { renderSetupComplete } from './setup-complete.ts';

const script = renderAgentScript();

/** The keys of a hash table in the script, from the line that opens it to the one that closes it. */
function keysAfter(opening: string): readonly string[] {
  const begin = script.indexOf(opening);
  expect(begin, opening).toBeGreaterThan(0);
  const body = script.slice(begin, script.indexOf('\n    }', begin));
  return [...body.matchAll(/^ +(\w+) = /gm)].map((found) => found[1] ?? '');
}

describe('the agent', () => {
  it('says exactly what the report’s contract asks', () => {
    expect([...keysAfter('function Get-Evidence')].sort()).toEqual(Object.keys(EvidenceWire.shape).sort());
    expect(script).toContain("os = @{ family = 'windows'; name = ");
    expect(
      Object.keys(EvidenceWire.shape.os.shape).filter((key) => !new RegExp(`[;{] ${key} = `).test(script)),
    ).toEqual([]);
  });

  it('enrols with exactly what the contract asks', () => {
    const body = keysAfter('$body = @{').slice(0, Object.keys(EnrolRequest.shape).length);
    expect([...body].sort()).toEqual(Object.keys(EnrolRequest.shape).sort());
  });

  it('keeps the device key before it gives up the token', () => {
    expect(script.indexOf("Save-Value 'DeviceKey'")).toBeLessThan(script.indexOf('Remove-Item $ConfigFile'));
    expect(script).toContain("Save-Value 'DeviceKey' (Protect-Text ");
  });

  it('writes no credential into its log', () => {
    const logged = script.split('\r\n').filter((line) => line.includes('Write-Log'));
    expect(logged.length).toBeGreaterThan(5);
    for (const line of logged) expect(line).not.toMatch(/deviceKey|enrolmentToken|Authorization|\$headers|\$body/i);
  });

  it('speaks TLS 1.2, which PowerShell 5.1 does not do by itself', () => {
    expect(script).toContain('[Net.SecurityProtocolType]::Tls12');
  });

  it('uses nothing that PowerShell 5.1 lacks', () => {
    expect(script).not.toMatch(
      /\?\?|\?\.|\s&&\s|\s\|\|\s|-SkipCertificateCheck|ForEach-Object -Parallel|Get-WmiObject/,
    );
  });

  it('gets its values as data only', () => {
    expect(JSON.parse(renderAgentConfig(windowsContext()))).toEqual({
      baseUrl: 'http://192.0.2.10:8080',
      enrolmentToken: 'enrolment-token-of-the-test',
    });
    expect(script).not.toContain('192.0.2.10');
  });
});

describe('what an installation leaves behind', () => {
  const places = [
    'Panther\\unattend.xml',
    'Panther\\unattend-original.xml',
    'Panther\\Unattend',
    'System32\\Sysprep\\unattend.xml',
    '\\unattend.xml',
    '\\_octofleet',
  ];

  it.each(places)('%s is deleted after set-up and looked for by the agent', (place) => {
    expect(renderSetupComplete()).toContain(place);
    expect(script).toContain(place);
  });

  it('is looked for wherever deploy.cmd put a file', () => {
    const put = [...renderDeployCmd(windowsContext()).matchAll(/^call :fetch \S+ W:\\(\S+)/gm)].map(
      (found) => found[1] ?? '',
    );
    expect(put).toEqual([
      'ProgramData\\Octofleet\\agent.ps1',
      'ProgramData\\Octofleet\\agent.json',
      'Windows\\Setup\\Scripts\\SetupComplete.cmd',
      'Windows\\Panther\\unattend.xml',
    ]);
    expect(script).toContain('$windows\\Setup\\Scripts');
    expect(script).toContain('$files += $ConfigFile');
  });
});

describe('SetupComplete.cmd', () => {
  it('closes the agent’s folder, by numbers that every language knows, before it starts the agent', () => {
    const text = renderSetupComplete();
    expect(text).toContain('/inheritance:r /grant *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F');
    expect(text.indexOf('icacls')).toBeLessThan(text.indexOf('agent.ps1'));
  });

  it('does not restart Windows, which set-up forbids there', () => {
    expect(renderSetupComplete()).not.toMatch(/shutdown|reboot|restart/i);
  });
});
