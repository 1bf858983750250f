import { enrolmentToken } from '../../credentials.ts';
import { insertEnrolmentToken } from '../../db/enrolment-tokens.ts';
import { commandTarget, insertDeployment, openDeploymentOf } from '../../db/deployments.ts';
import { appendEvent } from '../../db/events.ts';
import { findMachineByMac, insertMachine, updateMachine } from '../../db/machines.ts';
import type { Queryable } from '../../db/pool.ts';
import { storeSecrets } from '../../db/secrets.ts';
import { DomainError } from '../../domain/errors.ts';
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

/** The machine is registered on the way; one that was only seen becomes one of ours. */
async function registeredMachine(tx: Queryable, { mac, machine, settings }: Prepared): Promise<string> {
  await lockAddress(tx, mac);
  const known = machine ?? (await findMachineByMac(tx, mac));
  if (known === undefined)
    return insertMachine(tx, {
      name: '',
      macs: [mac],
      smbiosUuid: null,
      serial: '',
      platform: settings.platform,
      demo: false,
    });
  if (!known.registered) await updateMachine(tx, known.id, { registered: true });
  return known.id;
}

/** Two requests for the same new address wait for each other instead of both registering it. */
async function lockAddress(tx: Queryable, mac: string): Promise<void> {
  await tx.query({ text: `select pg_advisory_xact_lock(hashtextextended('machine ' || $1, 0))`, values: [mac] });
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
