import { createHash, randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { deploymentStore } from '../db/deployment-store.ts';
import { storeSecrets } from '../db/secrets.ts';
import type { DeployMachineInput } from '../domain/deploy-input.ts';
import { planFor } from '../domain/plan.ts';
import { Keyring } from '../keyring.ts';
import { testDatabase } from '../test/database.ts';
import { EVIDENCE, createDeployment, storeEvidence } from '../test/deployment-rows.ts';
import type { Activities, Projection } from './contract.ts';
import { createActivities } from './index.ts';

const database = testDatabase();
const keyring = new Keyring(Keyring.generate());
const tokenHash = (attemptId: string): Buffer => createHash('sha256').update(attemptId).digest();

/** As Temporal may do it: the same activity with the same argument, twice. */
async function twice<K extends keyof Activities>(name: K, argument: Parameters<Activities[K]>[0]): Promise<unknown> {
  const activity = createActivities({ store: deploymentStore(database.pool(), tokenHash) })[name] as (
    one: typeof argument,
  ) => Promise<unknown>;
  const first = await new MockActivityEnvironment().run(activity, argument);
  expect(await new MockActivityEnvironment().run(activity, argument)).toEqual(first);
  return first;
}

const created = (): Promise<DeployMachineInput> =>
  createDeployment(database.pool(), { plan: planFor({ joinsDomain: true }) });

async function rowsOf<T extends object>(sql: string, ...values: unknown[]): Promise<T[]> {
  return (await database.pool().query<T>(sql, values)).rows;
}

const events = (id: string) =>
  rowsOf(
    'select e.kind, e.source, e.actor, e.attempt, e.phase from events e where e.deployment_id = $1 order by e.id',
    id,
  );

const projection = (input: DeployMachineInput, over: Partial<Projection> = {}): Projection => ({
  deploymentId: input.deploymentId,
  rev: 1,
  status: 'running',
  phase: 'installing',
  attempt: 1,
  phaseSince: '2026-01-01T00:00:00.000Z',
  deadlineAt: '2026-01-01T03:00:00.000Z',
  hold: null,
  runId: 'run-1',
  lines: [{ kind: 'phase.entered', actor: '', level: 'info', message: '' }],
  ...over,
});

const deployment = async (input: DeployMachineInput) =>
  (await rowsOf<Record<string, unknown>>('select d.* from deployments d where d.id = $1', input.deploymentId))[0]!;

describe('projecting a deployment', () => {
  it('writes the row and its lines once', async () => {
    const input = await created();
    await twice('project', projection(input));
    expect(await deployment(input)).toMatchObject({ rev: 1, status: 'running', phase: 'installing', run_id: 'run-1' });
    expect(await events(input.deploymentId)).toEqual([
      { kind: 'phase.entered', source: 'service', actor: '', attempt: 1, phase: 'installing' },
    ]);
  });

  it('lets no older revision overwrite a newer one, and nothing overwrite the end', async () => {
    const input = await created();
    await twice('project', projection(input, { rev: 5, phase: 'checking-agent' }));
    await twice('project', projection(input, { rev: 4 }));
    expect(await deployment(input)).toMatchObject({ rev: 5, phase: 'checking-agent' });
    await twice('project', projection(input, { rev: 6, status: 'failed' }));
    const { ended_at } = await deployment(input);
    expect(ended_at).toBeInstanceOf(Date);
    await expect(twice('project', projection(input, { rev: 7, status: 'running' }))).rejects.toMatchObject({
      type: 'DeploymentOver',
      nonRetryable: true,
    });
    expect(await deployment(input)).toMatchObject({ rev: 6, status: 'failed', ended_at });
  });

  it('shows why a deployment holds, and who said what', async () => {
    const input = await created();
    const hold = { reason: 'never-booted', phase: 'awaiting-boot', message: 'm' } as const;
    const lines = [{ kind: 'deployment.extended', actor: 'ada', level: 'info', message: '5 min' }] as const;
    await twice('project', projection(input, { status: 'holding', hold, lines, deadlineAt: null }));
    expect(await deployment(input)).toMatchObject({
      hold_reason: 'never-booted',
      hold_message: 'm',
      deadline_at: null,
    });
    expect(await events(input.deploymentId)).toMatchObject([{ source: 'operator', actor: 'ada' }]);
  });

  it('cannot be cured by repetition when there is no such deployment', async () => {
    const input = { ...(await created()), deploymentId: randomUUID() };
    await expect(twice('project', projection(input))).rejects.toMatchObject({
      type: 'UnknownDeployment',
      nonRetryable: true,
    });
  });
});

describe('opening an attempt', () => {
  it('makes it the only one whose credentials count', async () => {
    const input = await created();
    const { deploymentId } = input;
    await twice('openAttempt', { deploymentId, attempt: 1 });
    await rowsOf(
      `insert into installer_sessions (attempt_id, ordinal, client_key)
        select a.id, 1, 'client' from attempts a where a.deployment_id = $1`,
      deploymentId,
    );
    await twice('openAttempt', { deploymentId, attempt: 2 });

    const attempts = await rowsOf<{ id: string; closed: boolean; fenced: boolean | null; hash: Buffer; void: boolean }>(
      `select a.id, a.closed_at is not null as closed, s.fenced_at is not null as fenced, t.hash,
          t.revoked_at is not null as void
        from attempts a join tokens t on t.attempt_id = a.id and t.kind = 'enrolment'
          left join installer_sessions s on s.attempt_id = a.id
        where a.deployment_id = $1 order by a.number`,
      deploymentId,
    );
    expect(attempts).toMatchObject([
      { closed: true, fenced: true, void: true },
      { closed: false, void: false },
    ]);
    for (const { id, hash } of attempts) expect(hash.equals(tokenHash(id))).toBe(true);
    expect(await events(deploymentId)).toMatchObject([{ kind: 'attempt.opened', attempt: 2 }]);
  });
});

describe('closing an attempt', () => {
  it('ends its boot script, its sessions and its enrolment', async () => {
    const { deploymentId } = await created();
    await twice('openAttempt', { deploymentId, attempt: 1 });
    await twice('closeAttempt', { deploymentId, attempt: 1 });
    expect(
      await rowsOf(
        `select a.closed_at is not null as closed, t.revoked_at is not null as void
          from attempts a join tokens t on t.attempt_id = a.id where a.deployment_id = $1`,
        deploymentId,
      ),
    ).toEqual([{ closed: true, void: true }]);
  });
});

describe('signs of life', () => {
  const set = (deploymentId: string, assignments: string) =>
    rowsOf(`update attempts a set ${assignments} where a.deployment_id = $1`, deploymentId);

  it('are none for a machine that never came', async () => {
    const { deploymentId } = await created();
    const none = { lastSeenAt: null, cameBackAfterWipe: false, failingChecks: '' };
    expect(await twice('signsOfLife', { deploymentId, attempt: 1 })).toEqual(none);
    expect(await twice('signsOfLife', { deploymentId, attempt: 9 })).toEqual(none);
  });

  it('tell a machine that came back after the wipe from one that came before it, and from one that is installed', async () => {
    const { deploymentId } = await created();
    const cameBack = async () => (await twice('signsOfLife', { deploymentId, attempt: 1 })) as object;
    await set(
      deploymentId,
      `wipe_granted_at = now(), last_visit_at = now() - interval '1 second', last_seen_at = now()`,
    );
    expect(await cameBack()).toMatchObject({ cameBackAfterWipe: false, lastSeenAt: expect.any(String) });
    await set(deploymentId, `last_visit_at = now() + interval '1 second'`);
    expect(await cameBack()).toMatchObject({ cameBackAfterWipe: true });
    await set(deploymentId, 'installed_at = now()');
    expect(await cameBack()).toMatchObject({ cameBackAfterWipe: false });
  });

  it('name the checks that fail', async () => {
    const { deploymentId } = await created();
    const checks = [
      { name: 'domain', verdict: 'fail', expected: 'corp.example.com, trusted', found: 'none' },
      { name: 'clock', verdict: 'warn', expected: 'within 300 s', found: '400 s' },
    ];
    await database
      .pool()
      .query('update attempts a set checks = $2 where a.deployment_id = $1', [deploymentId, JSON.stringify(checks)]);
    expect(await twice('signsOfLife', { deploymentId, attempt: 1 })).toMatchObject({
      failingChecks: 'domain: expected corp.example.com, trusted, found none',
    });
  });
});

describe('accepting a system', () => {
  const systemOf = ({ machineId }: DeployMachineInput) =>
    rowsOf('select s.* from systems s where s.machine_id = $1', machineId);

  it('enters it once with its evidence, and forgets the secrets', async () => {
    const input = await created();
    const { deploymentId } = input;
    await storeEvidence(database.pool(), deploymentId);
    await storeSecrets(database.pool(), keyring, deploymentId, { 'domain-password': 'Secret-1' });
    await twice('acceptSystem', { deploymentId, attempt: 1 });
    expect(await systemOf(input)).toMatchObject([
      { deployment_id: deploymentId, host_name: 'web-07', os_name: 'Windows Server 2025', evidence: EVIDENCE },
    ]);
    expect(
      await rowsOf('select 1 from secrets s where s.deployment_id = $1 and s.sealed is not null', deploymentId),
    ).toEqual([]);
    expect(await events(deploymentId)).toMatchObject([{ kind: 'system.accepted' }]);
  });

  it('brings a system up to date that was deployed before', async () => {
    const first = await created();
    await storeEvidence(database.pool(), first.deploymentId);
    await twice('acceptSystem', { deploymentId: first.deploymentId, attempt: 1 });
    await twice('project', projection(first, { status: 'succeeded' }));
    const second = await createDeployment(database.pool(), { plan: first.plan, machineId: first.machineId });
    await storeEvidence(database.pool(), second.deploymentId);
    await twice('acceptSystem', { deploymentId: second.deploymentId, attempt: 1 });
    expect(await systemOf(first)).toMatchObject([{ deployment_id: second.deploymentId }]);
  });

  it('is refused for good without evidence', async () => {
    const { deploymentId } = await created();
    await expect(twice('acceptSystem', { deploymentId, attempt: 1 })).rejects.toMatchObject({ type: 'NoEvidence' });
  });
});

describe('compensating', () => {
  it('forgets, voids, and says what remains, the same each time', async () => {
    const { deploymentId } = await created();
    await twice('openAttempt', { deploymentId, attempt: 1 });
    await storeSecrets(database.pool(), keyring, deploymentId, { 'administrator-password': 'Secret-1' });
    const target = { deploymentId, attempt: 1, outcome: 'cancelled' } as const;
    expect(await twice('compensate', target)).toMatchObject({ remains: [] });
    expect(
      await rowsOf('select 1 from secrets s where s.deployment_id = $1 and s.sealed is not null', deploymentId),
    ).toEqual([]);

    await rowsOf('update attempts a set wipe_granted_at = now() where a.deployment_id = $1', deploymentId);
    expect(await twice('compensate', target)).toMatchObject({
      remains: ['The disk of the machine was erased and holds no complete system.'],
    });
    await rowsOf('update attempts a set installed_at = now() where a.deployment_id = $1', deploymentId);
    expect(await twice('compensate', target)).toMatchObject({
      remains: [
        'The disk holds the new system, which no one has accepted.',
        'The computer account web-07 may exist in corp.example.com.',
      ],
    });
  });
});
