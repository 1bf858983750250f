import type { DeployMachineInput } from '../domain/deploy-input.ts';
import type { PhaseName } from '../domain/phases.ts';
import type { MachineReport } from '../domain/report.ts';

/** Who gives a command to which deployment. `deploymentId` keeps a stale page from reaching the machine's next one. */
export interface Command {
  readonly machineId: string;
  readonly deploymentId: string;
  /** A user's or token's name, for the timeline. */
  readonly by: string;
}

/**
 * All the rest of the program knows of Temporal. Every method may throw `DomainError`: `engine-unavailable` when no
 * server or no worker answers in time, `deployment-not-open` when the workflow is gone, `command-not-allowed` with the
 * workflow's own words when it refuses.
 */
export interface Engine {
  /** Starts the workflow of a deployment. Doing it twice is the same as once. */
  begin(input: DeployMachineInput): Promise<void>;
  /** Resolves when the server has the report. `gone`: the workflow is closed, there is nobody to tell. */
  report(machineId: string, deploymentId: string, report: MachineReport): Promise<'delivered' | 'gone'>;
  retry(command: Command & { readonly from: PhaseName | null }): Promise<void>;
  /** Answers with the new deadline. */
  extend(command: Command & { readonly minutes: number }): Promise<Date>;
  fail(command: Command & { readonly reason: string }): Promise<void>;
  cancel(command: Command): Promise<void>;
  /** The last known state, without a round trip: the boot plane asks on every request. */
  health(): { readonly server: boolean; readonly worker: boolean };
}
