import { randomUUID } from 'node:crypto';
import { Refused } from './callbacks.ts';
import { InstallationFailed, InstallerRun } from './installer-run.ts';
import type { InstallerTools, Persona } from './installer-run.ts';
import type { BootOutcome } from './ipxe/commands.ts';
import { LINUX_INSTALLER } from './linux-installer.ts';
import { NO_FACTS } from './state.ts';
import type { InstalledSystem, InstallerMemory } from './state.ts';
import { WINDOWS_INSTALLER } from './windows-installer.ts';

const PERSONAS: Readonly<Record<'windows' | 'linux', Persona>> = {
  windows: WINDOWS_INSTALLER,
  linux: LINUX_INSTALLER,
};

export type InstallerEnd =
  | { readonly kind: 'installed'; readonly system: InstalledSystem }
  | { readonly kind: 'starts-again'; readonly because: string }
  | { readonly kind: 'silent' };

/** What was booted, seen as an installer; undefined when it is none that we know. */
export function installerIn(boot: BootOutcome & { readonly kind: 'kernel' }): InstallerMemory | undefined {
  const files = new Map(boot.initrds.map((image) => [image.name, image]));
  const memory = {
    clientKey: randomUUID(),
    permitKey: randomUUID(),
    token: null,
    events: 0,
    stepsDone: 0,
    facts: NO_FACTS,
  };
  const start = files.get('winpeshl.ini');
  const script = files.get('deploy.cmd');
  if (start !== undefined && script !== undefined && files.has('boot.wim')) {
    // WinPE starts what winpeshl.ini names, and nothing else.
    if (!start.body.toString('utf8').includes('deploy.cmd')) return undefined;
    const [, serviceUrl = '', nonce = ''] = /^(.*)\/d\/([^/]+)\/deploy\.cmd$/.exec(script.url) ?? [];
    return { ...memory, family: 'windows', serviceUrl, nonce, files: { 'deploy.cmd': script.body.toString('utf8') } };
  }
  const argument = (name: string) =>
    boot.kernel.arguments.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const [serviceUrl, nonce] = [argument('octofleet.url'), argument('octofleet.nonce')];
  if (serviceUrl === undefined || nonce === undefined) return undefined;
  return { ...memory, family: 'linux', serviceUrl, nonce, files: {} };
}

const WAITING_SECONDS = 60;

/** Runs an installer from where its memory stands to its end, whatever that is. */
export async function runInstaller(
  memory: InstallerMemory,
  tools: InstallerTools,
  onErased: () => Promise<void>,
): Promise<InstallerEnd> {
  const persona = PERSONAS[memory.family];
  const run = new InstallerRun(memory, persona.wire, tools);
  try {
    await run.exchange();
    for (const { name, seconds, work } of persona.steps.slice(memory.stepsDone)) {
      const fault = tools.faults.inStep(name);
      if (fault?.kind === 'falls-silent') return { kind: 'silent' };
      if (fault?.kind === 'loses-power') return { kind: 'starts-again', because: `the power failed while ${name}` };
      if (fault?.kind === 'fails') return await failAndWait(run, name, fault.reason, fault.message);
      tools.say(`installer: ${name}`);
      try {
        await work(run, seconds);
      } catch (error) {
        if (!(error instanceof InstallationFailed)) throw error;
        return await failAndWait(run, name, error.reason, error.message);
      }
      await run.remember({ stepsDone: run.memory.stepsDone + 1 });
      if (name === 'partitioning') await onErased();
    }
    const system = { ...run.memory.facts, family: memory.family, clientKey: randomUUID(), bootId: randomUUID() };
    return { kind: 'installed', system: { ...system, enrolled: null, reports: 0 } };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // The attempt is over: somebody has decided, and the boot script will say what.
    tools.say(error.message);
    await tools.clock.wait(WAITING_SECONDS);
    return { kind: 'starts-again', because: error.message };
  }
}

/** A failed installer says why, sends its log and keeps talking: a reboot would hide the reason. */
async function failAndWait(run: InstallerRun, step: string, reason: string, message: string): Promise<never> {
  run.tools.say(`installer: failed at ${step}, ${reason}: ${message}`);
  await run.uploadLog('installer.log', `step ${step}\n${reason}: ${message}\n`);
  await run.report({ step, status: 'failed', reason, message });
  for (;;) {
    await run.tools.clock.wait(WAITING_SECONDS);
    await run.report({ step, status: 'progress', message: 'waiting for an operator' });
  }
}
