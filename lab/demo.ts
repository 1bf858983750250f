import { createDemo, DEMO_MACHINE, hasOtherRecords, openDemoDeployment } from './demo-records.ts';
import { readMemory, writeMemory } from './demo-memory.ts';
import { SimulatedMachine } from './machine/machine.ts';
import { NEW_MACHINE } from './machine/state.ts';
import type { MachineState } from './machine/state.ts';
import { managementAt } from './management.ts';

export interface DemoOptions {
  /** The service's address, without a slash at the end. */
  readonly baseUrl: string;
  readonly apiToken: string;
  /** Where the machine sleeps while the service is stopped. */
  readonly memoryFile: string;
  readonly signal: AbortSignal;
  readonly log: (sentence: string) => void;
  /** How many of the machine's seconds pass in one of ours. */
  readonly speed?: number;
}

/** Makes ten minutes of installation one. */
const USUAL_SPEED = 11;

/**
 * On an empty database: one simulated machine that becomes a Windows server, so that the first page has something to
 * show. Stopped in the middle, it goes on at the next start where it was. Resolves when the demo is over, or at once
 * when there is none to give.
 */
export async function startDemo(options: DemoOptions): Promise<void> {
  try {
    await demonstrate(options);
  } catch (error) {
    if (!options.signal.aborted) throw error;
  }
}

async function demonstrate({ baseUrl, apiToken, memoryFile, signal, log, speed }: DemoOptions): Promise<void> {
  const memory = await readMemory(memoryFile);
  if (memory?.over === true) return;
  const api = managementAt({ baseUrl, apiToken, signal });
  const open = await openDemoDeployment(api);
  if (open === undefined && (memory !== undefined || (await hasOtherRecords(api)))) {
    await writeMemory(memoryFile, { over: true });
    return;
  }
  const deploymentId = open ?? (await createDemo(api));
  log(`The demo deploys a simulated machine: ${baseUrl}/deployments/${deploymentId}`);

  const save = async (machine: MachineState): Promise<void> => await writeMemory(memoryFile, { over: false, machine });
  const state = memory?.machine ?? NEW_MACHINE;
  await save(state);
  const machine = new SimulatedMachine({
    baseUrl,
    identity: DEMO_MACHINE,
    signal,
    speed: speed ?? USUAL_SPEED,
    state,
    save,
  });
  const { ended } = await machine.run();
  log(ended === 'verified' ? 'The demo is done.' : `The simulated machine of the demo stopped: ${ended}.`);
  await writeMemory(memoryFile, { over: true });
}
