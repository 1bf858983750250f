import { SimulatedMachine } from '../machine/machine.ts';
import type { MachineState } from '../machine/state.ts';
import { audit } from './audit.ts';
import type { House, Victim } from './house.ts';
import type { Scene } from './scene.ts';

/** The edges of a deployment's phases, as its machine passes them. */
const EDGES: readonly { readonly name: string; readonly passed: (state: MachineState) => boolean }[] = [
  { name: 'before the boot', passed: ({ at }) => at === 'firmware' },
  { name: 'after the exchange', passed: ({ installer }) => installer !== null && installer.token !== null },
  { name: 'after the permit', passed: ({ disk }) => disk.holds === 'half-a-system' },
  { name: 'in the middle of the installation', passed: ({ installer }) => (installer?.stepsDone ?? 0) >= 5 },
  { name: 'after the installation', passed: ({ disk }) => disk.holds === 'a-system' },
  { name: 'before the enrolment', passed: ({ at }) => at === 'system' },
  { name: 'after the enrolment', passed: (state) => (agentOf(state)?.enrolled ?? null) !== null },
  { name: 'after the join', passed: (state) => (agentOf(state)?.reports ?? 0) >= 2 },
  { name: 'after the last report', passed: (state) => (agentOf(state)?.reports ?? 0) >= 3 },
];

function agentOf({ disk }: MachineState): { readonly enrolled: unknown; readonly reports: number } | undefined {
  return disk.holds === 'a-system' ? disk.system : undefined;
}

export interface DrillReport {
  readonly victim: Victim;
  readonly kills: readonly string[];
  readonly acknowledged: number;
  readonly seconds: number;
}

/**
 * One deployment, in whose every phase the victim is killed and comes back. Throws unless the deployment succeeds and
 * every acknowledged callback is stored once and applied once.
 */
export async function drill(
  victim: Victim,
  { house, scene, signal }: { readonly house: House; readonly scene: Scene; readonly signal: AbortSignal },
): Promise<DrillReport> {
  const started = performance.now();
  const { id, identity } = await scene.order();
  const kills: string[] = [];

  const machine = new SimulatedMachine({
    baseUrl: house.url,
    identity,
    signal,
    speed: 100,
    save: async (state) => {
      const edge = EDGES[kills.length];
      if (edge?.passed(state) !== true) return;
      // Dead already would make it no kill; the machine waits for the victim but not for its recovery.
      await house.isUp(victim);
      await house.kill(victim);
      kills.push(edge.name);
    },
  });
  const outcome = await machine.run();
  if (outcome.ended !== 'verified') throw new Error(`the machine ended ${JSON.stringify(outcome)}`);
  const deployment = await scene.comesTo(id, 'succeeded');
  await house.isUp('postgres');

  const findings = [
    ...(await audit(house.databaseUrl, id, machine.acknowledged)),
    ...(kills.length === EDGES.length ? [] : [`only ${kills.length} of ${EDGES.length} edges were passed`]),
    ...(deployment.attempt === 1 ? [] : [`it took ${deployment.attempt} attempts`]),
  ];
  if (findings.length > 0) throw new Error(`after killing ${victim}: ${findings.join('; ')}`);
  return {
    victim,
    kills,
    acknowledged: machine.acknowledged.length,
    seconds: Math.round((performance.now() - started) / 1000),
  };
}
