import { enrolmentToken } from '../../credentials.ts';
import { insertEnrolmentToken } from '../../db/enrolment-tokens.ts';
import { commandTarget, insertDeployment, openDeploymentOf } from '../../db/deployments.ts';
import { appendEvent } from '../../db/events.ts';
import { findMachineByMac, insertMachineIfNew, lockMachine, updateMachine } from '../../db/machines.ts';
import type { Queryable } from '../../db/pool.ts';
import { storeSecrets } from '../../db/secrets.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Mac } from '../../domain/identity.ts';
import type { Platform } from '../../domain/platform.ts';
import { digest } from '../../keyring.ts';
import type { ApiDeps } from '../deps.ts';
import type { Prepared } from './prepare.ts';

/** Writes a prepared deployment with its first attempt, in the caller's transaction. Answers with its id. */
export async function insertPrepared(
  tx: Queryable,
  { keyring }: Pick<ApiDeps, 'keyring'>,
  prepared: Prepared,
  by: string,
): Promise<string> {
  const { settings, image, templateId, plan, secrets } = prepared;
  const machineId = await registeredMachine(tx, prepared);
  const open = await openDeploymentOf(tx, machineId);
  if (open !== undefined) throw alreadyDeploying(open);
  const { id, attemptId } = await insertDeployment(tx, {
    machineId,
    imageId: image.id,
    templateId,
    settings,
    plan,
    createdBy: by,
    demo: image.demo,
  });
  await storeSecrets(tx, keyring, id, {
    'administrator-password': secrets['administrator-password'] ?? undefined,
    'domain-password': secrets['domain-password'] ?? undefined,
  });
  await insertEnrolmentToken(tx, attemptId, digest(enrolmentToken(keyring, attemptId)));
  const event = { deploymentId: id, machineId, attempt: 1 } as const;
  await appendEvent(tx, {
    ...event,
    source: 'operator',
    actor: by,
    kind: 'deployment.created',
    message: settings.hostName,
  });
  await appendEvent(tx, { ...event, source: 'service', kind: 'attempt.opened' });
  return id;
}

/** The machine is registered on the way; one that was only seen becomes one of ours. Locked until the end. */
async function registeredMachine(tx: Queryable, { mac, machine, settings, image }: Prepared): Promise<string> {
  const known = machine ?? (await findMachineByMac(tx, mac));
  const id = known?.id ?? (await registerOrFind(tx, mac, settings.platform, image.demo));
  if (!(await lockMachine(tx, id))) throw new DomainError('not-found', 'This machine was deleted in this moment.');
  if (known?.registered !== true) await updateMachine(tx, id, { registered: true });
  return id;
}

/** Of two requests for the same new address one registers it, and the other waits and finds it. */
async function registerOrFind(tx: Queryable, mac: Mac, platform: Platform, demo: boolean): Promise<string> {
  const machine = { name: '', macs: [mac], smbiosUuid: null, serial: '', platform, demo };
  const id = (await insertMachineIfNew(tx, machine)) ?? (await findMachineByMac(tx, mac))?.id;
  if (id === undefined) throw new DomainError('mac-already-registered', 'This address changes hands in this moment.');
  return id;
}

function alreadyDeploying(deploymentId: string): DomainError {
  return new DomainError('machine-already-deploying', 'This machine already has an open deployment.', {
    facts: { deploymentId },
  });
}

/**
 * Starts the workflow of a deployment that was just committed. With the engine away it stays `queued`, and the
 * reconciler begins it when the engine is back; so nothing here may fail the request.
 */
export async function beginOrLeaveQueued(
  { pool, engine, log }: Pick<ApiDeps, 'pool' | 'engine' | 'log'>,
  id: string,
): Promise<void> {
  if (!engine.health().server) return;
  try {
    const { input } = await commandTarget(pool, id);
    await engine.begin(input);
  } catch (error) {
    log.warn({ err: error, deploymentId: id }, 'a deployment could not be begun yet; the reconciler tries again');
  }
}
