import { DomainError } from '../domain/errors.ts';
import type { DeployMachineInput } from '../domain/deploy-input.ts';
import { isFinal } from '../domain/phases.ts';
import type { DeploymentStatus } from '../domain/phases.ts';
import type { Plan } from '../domain/plan.ts';
import type { DeploymentSettings } from '../domain/settings.ts';
import { violates } from './pool.ts';
import type { Queryable } from './pool.ts';

export interface NewDeployment {
  readonly machineId: string;
  readonly imageId: string;
  readonly templateId: string | null;
  readonly settings: DeploymentSettings;
  readonly plan: Plan;
  readonly createdBy: string;
  readonly demo: boolean;
}

/** Inserts a deployment with its first attempt. The database says no when the machine has an open one (promise 3). */
export async function insertDeployment(
  tx: Queryable,
  deployment: NewDeployment,
): Promise<{ readonly id: string; readonly attemptId: string }> {
  try {
    const { rows } = await tx.query<{ id: string; attempt_id: string }>({
      text: `with made as (
          insert into deployments (machine_id, image_id, template_id, host_name, settings, plan, created_by, demo)
          values ($1, $2, $3, $4, $5, $6, $7, $8) returning id
        )
        insert into attempts (deployment_id, number) select made.id, 1 from made
        returning deployment_id as id, id as attempt_id`,
      values: [
        deployment.machineId,
        deployment.imageId,
        deployment.templateId,
        deployment.settings.hostName,
        deployment.settings,
        deployment.plan,
        deployment.createdBy,
        deployment.demo,
      ],
    });
    const [row] = rows;
    if (row === undefined) throw new Error('an insert returned nothing');
    return { id: row.id, attemptId: row.attempt_id };
  } catch (error) {
    if (violates(error, 'deployments_one_open_per_machine'))
      throw new DomainError('machine-already-deploying', 'This machine already has an open deployment.', {
        cause: error,
      });
    throw goneMeanwhile(error) ?? error;
  }
}

/** What was there when the request was looked at may be deleted when it is written. */
function goneMeanwhile(error: unknown): DomainError | undefined {
  const field = (['image', 'template'] as const).find((name) => violates(error, `deployments_${name}_id_fkey`));
  if (field === undefined) return undefined;
  const detail = `This ${field} was deleted in this moment.`;
  return new DomainError('invalid-settings', detail, { cause: error, fields: [{ pointer: `/${field}Id`, detail }] });
}

/** The open deployment of a machine, if there is one. */
export async function openDeploymentOf(db: Queryable, machineId: string): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>({
    text: `select d.id from deployments d
      where d.machine_id = $1 and d.status in ('queued', 'running', 'holding')`,
    values: [machineId],
  });
  return rows[0]?.id;
}

/** What a command needs to know of the deployment it is for. */
export interface CommandTarget {
  readonly id: string;
  readonly machineId: string;
  readonly status: DeploymentStatus;
  readonly input: DeployMachineInput;
}

export async function commandTarget(db: Queryable, id: string): Promise<CommandTarget> {
  const { rows } = await db.query<{
    machine_id: string;
    status: DeploymentStatus;
    host_name: string;
    plan: Plan;
    mac: string | null;
  }>({
    text: `select d.machine_id, d.status, d.host_name, d.plan,
        (select mm.mac::text from machine_macs mm where mm.machine_id = d.machine_id order by mm.position limit 1) as mac
      from deployments d where d.id = $1`,
    values: [id],
  });
  const [row] = rows;
  if (row === undefined) throw new DomainError('not-found', `There is no deployment ${id}.`);
  return {
    id,
    machineId: row.machine_id,
    status: row.status,
    input: {
      deploymentId: id,
      machineId: row.machine_id,
      label: labelOf(row.host_name, row.mac ?? ''),
      plan: row.plan,
    },
  };
}

/** How Temporal's web interface names a deployment. */
function labelOf(hostName: string, mac: string): string {
  return `${hostName} (${mac})`;
}

/** Deletes an ended deployment with its attempts, timeline, log and secrets; the machine and its system stay. */
export async function deleteDeployment(tx: Queryable, id: string): Promise<void> {
  const { rows } = await tx.query<{ status: DeploymentStatus }>({
    text: 'select d.status from deployments d where d.id = $1 for update',
    values: [id],
  });
  const [row] = rows;
  if (row === undefined) throw new DomainError('not-found', `There is no deployment ${id}.`);
  if (!isFinal(row.status))
    throw new DomainError('deployment-still-open', 'Cancel this deployment before you delete it.');
  await tx.query({ text: 'delete from deployments d where d.id = $1', values: [id] });
}
