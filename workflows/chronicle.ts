import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { TimelineLine } from '../activities/contract.ts';
import type { DeployMachineInput } from '../domain/deploy-input.ts';
import { currentPhase } from '../domain/deployment.ts';
import type { DeploymentState } from '../domain/deployment.ts';
import { HINTS } from '../domain/hold.ts';
import { isFinal } from '../domain/phases.ts';
import type { PhaseName } from '../domain/phases.ts';
import { project } from './activity-proxies.ts';

const DEPLOY_STATUS = defineSearchAttributeKey('DeployStatus', SearchAttributeType.KEYWORD);
const DEPLOY_PHASE = defineSearchAttributeKey('DeployPhase', SearchAttributeType.KEYWORD);

/**
 * Tells the world how far a deployment is: Temporal's own interface, and through an activity the database that
 * everybody else reads. Lines are noted as things happen and written together with the next publication.
 */
export class Chronicle {
  readonly #input: DeployMachineInput;
  readonly #lines: TimelineLine[] = [];
  #rev: number;
  /** Which phase of which attempt was last told of, and since when it lasts. */
  #place = '';
  #since = Date.now();

  constructor(input: DeployMachineInput) {
    this.#input = input;
    this.#rev = input.carried?.rev ?? 0;
  }

  /** The revision last published; the next run of the same deployment goes on from there. */
  get rev(): number {
    return this.#rev;
  }

  get hasNews(): boolean {
    return this.#lines.length > 0;
  }

  note(kind: TimelineLine['kind'], line: Partial<Omit<TimelineLine, 'kind'>> = {}): void {
    this.#lines.push({ kind, actor: '', level: 'info', message: '', ...line });
  }

  async publish(deployment: DeploymentState, deadlineAt: number | undefined): Promise<void> {
    // Past the last phase there is nothing left to wait for; the last one names the end.
    const phase = currentPhase(deployment, this.#input.plan)?.name ?? 'finalising';
    this.#arriveAt(deployment, phase);
    const deadline = deadlineAt === undefined ? null : new Date(deadlineAt).toISOString();

    upsertSearchAttributes([
      { key: DEPLOY_STATUS, value: deployment.status },
      { key: DEPLOY_PHASE, value: phase },
    ]);
    setCurrentDetails(detailsOf(this.#input.label, deployment, phase, deadline));

    this.#rev += 1;
    const lines = this.#lines.splice(0);
    await project.executeWithOptions({ summary: `${deployment.status}, ${phase}` }, [
      {
        deploymentId: this.#input.deploymentId,
        rev: this.#rev,
        status: deployment.status,
        phase,
        attempt: deployment.attempt,
        phaseSince: new Date(this.#since).toISOString(),
        deadlineAt: deadline,
        hold: deployment.hold,
        runId: workflowInfo().runId,
        lines,
      },
    ]);
  }

  #arriveAt({ attempt, status }: DeploymentState, phase: PhaseName): void {
    const place = `${attempt}/${phase}`;
    if (place === this.#place || isFinal(status)) return;
    this.#place = place;
    this.#since = Date.now();
    this.note('phase.entered');
  }
}

/** Markdown for the first page of Temporal Web. */
function detailsOf(label: string, deployment: DeploymentState, phase: PhaseName, deadline: string | null): string {
  const { status, attempt, hold } = deployment;
  const lines = [`**${label}**: ${status}, phase ${phase}, attempt ${attempt}`];
  if (deadline !== null) lines.push(`Until ${deadline}`);
  if (hold !== null)
    lines.push(`Holds: ${hold.reason} ${hold.message}`.trim(), ...HINTS[hold.reason].map((hint) => `- ${hint}`));
  return lines.join('\n\n');
}
