import { EnrolAnswer, ReportAnswer } from '../../api/contract/machine.ts';
import type { AgentReport, EnrolRequest, EvidenceWire } from '../../api/contract/machine.ts';
import type { Callbacks } from './callbacks.ts';
import type { Clock } from './clock.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { Identity } from './ipxe/settings.ts';
import type { InstalledSystem } from './state.ts';

export interface AgentTools {
  readonly clock: Clock;
  readonly callbacks: Callbacks;
  readonly faults: FaultPlan;
  readonly identity: Identity;
  readonly say: (text: string) => void;
  readonly save: (system: InstalledSystem) => Promise<void>;
}

const AGENT_VERSION = '0.1.0-simulated';
const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' };
/** The agent asks again soon while something is not yet as promised: services of a new system come up one by one. */
const SOON_SECONDS = 20;

/** The agent of a fresh system: enrols, then reports until the service finds all that was promised. */
export async function runAgent(installed: InstalledSystem, tools: AgentTools): Promise<void> {
  let system = installed;
  if (system.enrolled === null) {
    system = { ...system, enrolled: await enrol(system, tools) };
    tools.say('agent: enrolled');
    await tools.save(system);
  }
  for (;;) {
    await tools.clock.wait(SOON_SECONDS);
    const answer = await report(system, tools);
    tools.say(`agent: ${answer.verdict} ${answer.failing.join(', ')}`.trim());
    system = { ...system, reports: system.reports + 1 };
    await tools.save(system);
    if (answer.verdict === 'verified') return;
  }
}

async function enrol(system: InstalledSystem, tools: AgentTools): Promise<NonNullable<InstalledSystem['enrolled']>> {
  const request: EnrolRequest = {
    token: system.enrolmentToken,
    clientKey: system.clientKey,
    hostName: system.hostName,
    macs: [tools.identity.mac],
    agentVersion: AGENT_VERSION,
  };
  const answer = await tools.callbacks.deliver({
    url: `${system.serviceUrl}/agent/v1/enrol`,
    headers: JSON_HEADERS,
    body: JSON.stringify(request),
    speaker: null,
    key: 'enrol',
  });
  const enrolled = EnrolAnswer.parse(JSON.parse(answer.body.toString('utf8')));
  tools.callbacks.acknowledged.push({ speaker: enrolled.systemId, key: 'enrol' });
  return enrolled;
}

async function report(system: InstalledSystem, tools: AgentTools): Promise<ReportAnswer> {
  if (system.enrolled === null) throw new Error('an agent reports after it has enrolled');
  const seq = system.reports + 1;
  const body: AgentReport = { seq, evidence: evidenceOf(system, tools) };
  const answer = await tools.callbacks.deliver({
    url: `${system.serviceUrl}/agent/v1/report`,
    headers: { ...JSON_HEADERS, authorization: `Bearer ${system.enrolled.deviceKey}` },
    body: JSON.stringify(body),
    speaker: system.enrolled.systemId,
    key: `report:${seq}`,
  });
  return ReportAnswer.parse(JSON.parse(answer.body.toString('utf8')));
}

/**
 * What the agent finds. A new system is not done at once: its trust in the domain is proven from the second look on, and
 * the files of the installation are gone at the third.
 */
function evidenceOf(system: InstalledSystem, { identity, faults }: AgentTools): EvidenceWire {
  const domain = faults.evidence.domain ?? system.domain;
  return {
    agentVersion: AGENT_VERSION,
    bootId: system.bootId,
    hostName: faults.evidence.hostName ?? system.hostName,
    macs: [identity.mac],
    smbiosUuid: identity.uuid,
    serial: identity.serial,
    os: {
      family: system.family,
      name: system.os?.name ?? '',
      version: system.os?.version ?? '',
      edition: system.os?.editions[system.imageIndex] ?? '',
    },
    domain: { name: domain, trusted: domain !== '' && system.reports >= 1 },
    remoteDesktop: system.remoteDesktop,
    leftovers: system.reports >= 2 ? [] : [...system.leftovers],
    now: Math.floor(Date.now() / 1000),
  };
}
