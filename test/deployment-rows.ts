import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { DeployMachineInput } from '../domain/deploy-input.ts';
import type { Evidence } from '../domain/evidence.ts';
import type { Plan } from '../domain/plan.ts';
import type { Fact } from '../domain/report.ts';

/** Inserts what the management API inserts when a deployment is created. */
export async function createDeployment(
  pool: pg.Pool,
  { plan, machineId: given }: { readonly plan: Plan; readonly machineId?: string },
): Promise<DeployMachineInput> {
  const machineId = given ?? (await createMachine(pool));
  const image = await pool.query<{ id: string }>(
    `insert into images (name, family, kind, asset_sha256, edition, wim_index)
      values ($1, 'windows', 'wim', $2, 'ServerStandard', 2) returning id`,
    [`image ${randomUUID()}`, 'ab'.repeat(32)],
  );
  const settings = { hostName: 'web-07', domain: { name: 'corp.example.com', ou: null, account: 'svc-join' } };
  const { rows } = await pool.query<{ id: string }>(
    `insert into deployments (machine_id, image_id, host_name, settings, plan, created_by, updated_at)
      values ($1, $2, 'web-07', $3, $4, 'test', now() - interval '1 minute') returning id`,
    [machineId, image.rows[0]!.id, settings, JSON.stringify(plan)],
  );
  const deploymentId = rows[0]!.id;
  await pool.query('insert into attempts (deployment_id, number) values ($1, 1)', [deploymentId]);
  return { deploymentId, machineId, label: 'web-07 (52:54:00:12:34:56)', plan };
}

export async function createMachine(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into machines (platform, registered_at) values ('kvm', now()) returning id`,
  );
  const id = rows[0]!.id;
  const mac = ['52', '54', '00', ...(randomBytes(3).toString('hex').match(/../g) ?? [])].join(':');
  await pool.query('insert into machine_macs (mac, machine_id) values ($1, $2)', [mac, id]);
  return id;
}

/** Stores an acknowledged callback with the fact it proves, as the installer and agent planes do. */
export async function acknowledge(
  pool: pg.Pool,
  deploymentId: string,
  fact: Fact | null,
  { attempt = 1, body = {} }: { readonly attempt?: number; readonly body?: object } = {},
): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(
    `insert into inbox (attempt_id, session_id, event_key, body, fact)
      select a.id, $3, $4, $5, $6 from attempts a where a.deployment_id = $1 and a.number = $2 returning id`,
    [deploymentId, attempt, randomUUID(), randomUUID(), body, fact],
  );
  return rows[0]!.id;
}

export const EVIDENCE: Evidence = {
  agentVersion: '1.0.0',
  bootId: 'boot-1',
  hostName: 'web-07',
  macs: ['52:54:00:12:34:56'],
  smbiosUuid: '',
  serial: '',
  os: { family: 'windows', name: 'Windows Server 2025', version: '10.0.26100', edition: 'ServerStandard' },
  domain: { name: 'corp.example.com', trusted: true },
  remoteDesktop: true,
  leftovers: [],
  clockSkewSeconds: 0,
};

/** The agent's report as the agent plane stores it beside the fact. */
export async function storeEvidence(pool: pg.Pool, deploymentId: string, attempt = 1): Promise<void> {
  await pool.query(`update attempts a set evidence = $3, checks = '[]' where a.deployment_id = $1 and a.number = $2`, [
    deploymentId,
    attempt,
    JSON.stringify(EVIDENCE),
  ]);
}
