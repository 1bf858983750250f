import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { describe, expect, inject, it, vi } from 'vitest';
import type { Fact } from '../domain/report.ts';
import { storeSecrets } from '../db/secrets.ts';
import { DeploymentsOnTemporal, by, refused } from '../test/deployments-on-temporal.ts';
import { createDeployment, storeEvidence } from '../test/deployment-rows.ts';

const fleet = new DeploymentsOnTemporal();
const HAPPY: readonly Fact[] = ['booted', 'wipe-granted', 'installed', 'os-started', 'domain-joined', 'agent-verified'];

describe('a deployment on a real Temporal', () => {
  it('goes from boot to success by its machine’s callbacks alone, in at most 120 events', async () => {
    const input = await fleet.begun();
    const canary = `Pa55-${randomUUID()}`;
    await storeSecrets(fleet.pool, fleet.keyring, input.deploymentId, { 'administrator-password': canary });
    await storeEvidence(fleet.pool, input.deploymentId);
    for (const fact of HAPPY) {
      const { phase } = await fleet.row(input);
      await fleet.tell(input, fact);
      if (fact !== 'wipe-granted') await vi.waitFor(async () => expect((await fleet.row(input)).phase).not.toBe(phase));
    }
    await fleet.shows(input, { status: 'succeeded', phase: 'finalising', deadline_at: null });
    expect(await fleet.ends(input)).toBe('COMPLETED');
    expect(await fleet.lines(input)).toEqual([
      'deployment.started awaiting-boot',
      'phase.entered awaiting-boot',
      'phase.entered installing',
      'phase.entered starting-os',
      'phase.entered joining-domain',
      'phase.entered checking-agent',
      'phase.entered finalising',
      'system.accepted finalising',
      'deployment.succeeded finalising',
    ]);

    const { events } = await fleet.workflow(input).fetchHistory();
    expect(events?.length).toBeLessThanOrEqual(120);
    // What Temporal stores of it: ids in clear, and nothing from the vault.
    const stored = textsIn(events).join('\n');
    expect(stored.includes(input.deploymentId)).toBe(true);
    expect(stored.includes(canary)).toBe(false);
    expect(stored.includes('deadlineSeconds')).toBe(false);
  });

  it('shows its state in Temporal Web without a key', async () => {
    const input = await fleet.begun();
    const unkeyed = new Client({ connection: fleet.connection, namespace: inject('temporalNamespace') });
    const metadata = await unkeyed.workflow
      .getHandle(`deploy:${input.machineId}`)
      .query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toContain('phase awaiting-boot');
    await fleet.service.engine.cancel(by(input));
  });

  it('takes a later proof for the earlier ones whose callbacks were lost, and repeats for nothing', async () => {
    const input = await fleet.begun();
    await storeEvidence(fleet.pool, input.deploymentId);
    const id = await fleet.tell(input, 'installed');
    await fleet.shows(input, { phase: 'starting-os' });
    await fleet.pool.query('update inbox i set delivered_at = null where i.id = $1', [id]);
    await fleet.service.engine.report(input.machineId, input.deploymentId, {
      id: String(id),
      attempt: 1,
      fact: 'installed',
    });
    await fleet.tell(input, 'booted');
    await fleet.tell(input, 'agent-verified');
    await fleet.shows(input, { status: 'succeeded' });
    expect((await fleet.lines(input)).filter((line) => line === 'phase.entered starting-os')).toHaveLength(1);
  });

  it('holds when the machine fails, starts again on an operator’s word, and is deaf to the old attempt', async () => {
    const input = await fleet.begun();
    await fleet.tell(input, 'booted');
    await fleet.tell(input, 'wipe-granted');
    await fleet.tell(input, 'failed', { body: { step: 'applying', reason: 'no-space', message: 'disk too small' } });
    await fleet.shows(input, {
      status: 'holding',
      hold_reason: 'machine-reported-failure',
      hold_message: 'applying: no-space: disk too small',
      deadline_at: null,
    });
    await refused(fleet.service.engine.retry({ ...by(input), from: 'starting-os' }), 'command-not-allowed');
    await fleet.service.engine.retry({ ...by(input), from: null });
    await fleet.shows(input, { status: 'running', phase: 'awaiting-boot', attempt: 2, hold_reason: null });

    await fleet.tell(input, 'agent-verified', { attempt: 1 });
    await fleet.tell(input, 'booted', { attempt: 2 });
    await fleet.shows(input, { phase: 'installing', attempt: 2, status: 'running' });
    const { rows } = await fleet.pool.query<{ closed: boolean }>(
      'select a.closed_at is not null as closed from attempts a where a.deployment_id = $1 order by a.number',
      [input.deploymentId],
    );
    expect(rows).toEqual([{ closed: true }, { closed: false }]);
    await fleet.service.engine.cancel(by(input));
  });

  it('starts again unasked as often as its plan allows, then asks', async () => {
    const input = await fleet.begun({}, 1);
    await fleet.tell(input, 'failed');
    await fleet.shows(input, { status: 'running', attempt: 2 });
    await fleet.tell(input, 'failed', { attempt: 2 });
    await fleet.shows(input, { status: 'holding', attempt: 2 });
    await fleet.service.engine.cancel(by(input));
  });

  it('holds for a machine that never boots, and goes on by itself when it does', async () => {
    const input = await fleet.begun({ 'awaiting-boot': { deadlineSeconds: 0.3 } });
    await fleet.shows(input, { status: 'holding', hold_reason: 'never-booted' });
    await fleet.tell(input, 'booted');
    await fleet.shows(input, { status: 'running', phase: 'installing', hold_reason: null });
    expect(await fleet.lines(input)).toContain('deployment.resumed installing');
    await fleet.service.engine.cancel(by(input));
  });

  it('lets no fact heal a second exchange', async () => {
    const input = await fleet.begun();
    await fleet.tell(input, 'frozen', { body: { message: 'two clients' } });
    await fleet.shows(input, { status: 'holding', hold_reason: 'second-exchange', hold_message: 'two clients' });
    await fleet.tell(input, 'installed');
    await refused(fleet.service.engine.extend({ ...by(input), minutes: 5 }), 'command-not-allowed');
    await fleet.shows(input, { status: 'holding' });
    await fleet.service.engine.cancel(by(input));
  });

  it('is patient with an installer that shows signs of life and holds when they stop', async () => {
    const input = await fleet.begun({ installing: { deadlineSeconds: 60, leaseSeconds: 0.5 } });
    const alive = setInterval(() => {
      void fleet.pool.query('update attempts a set last_seen_at = now() where a.deployment_id = $1', [
        input.deploymentId,
      ]);
    }, 100);
    try {
      await fleet.tell(input, 'booted');
      await fleet.shows(input, { phase: 'installing' });
      const looks = async () =>
        (await fleet.workflow(input).fetchHistory()).events?.filter((event) => event.timerFiredEventAttributes);
      await vi.waitFor(async () => expect((await looks())?.length).toBeGreaterThan(2), { timeout: 10_000 });
      expect(await fleet.row(input)).toMatchObject({ status: 'running' });
    } finally {
      clearInterval(alive);
    }
    await fleet.shows(input, { status: 'holding', hold_reason: 'installer-silent' });
    await fleet.service.engine.cancel(by(input));
  });

  it('says so when a silent machine asked for its boot script again after the wipe', async () => {
    const input = await fleet.begun({ installing: { leaseSeconds: 0.3 } });
    await fleet.pool.query(
      `update attempts a set wipe_granted_at = now() - interval '1 minute', last_visit_at = now() where a.deployment_id = $1`,
      [input.deploymentId],
    );
    await fleet.tell(input, 'booted');
    await fleet.shows(input, { status: 'holding', hold_reason: 'came-back-after-wipe' });
    await fleet.service.engine.cancel(by(input));
  });

  it('gets more time on an operator’s word, before and after its deadline', async () => {
    const input = await fleet.begun({ installing: { deadlineSeconds: 0.5, leaseSeconds: null } });
    const before = (await fleet.row(input)).deadline_at!;
    const later = await fleet.service.engine.extend({ ...by(input), minutes: 10 });
    expect(later.getTime() - before.getTime()).toBe(600_000);
    await fleet.shows(input, { deadline_at: later });

    await fleet.tell(input, 'booted');
    await fleet.shows(input, { status: 'holding', hold_reason: 'install-too-slow' });
    const granted = await fleet.service.engine.extend({ ...by(input), minutes: 5 });
    await fleet.shows(input, { status: 'running', phase: 'installing', deadline_at: granted });
    await fleet.service.engine.cancel(by(input));
  });

  it('is cancelled half way: credentials void, secrets gone, what remains is named, the machine free', async () => {
    const input = await fleet.begun();
    await storeSecrets(fleet.pool, fleet.keyring, input.deploymentId, { 'administrator-password': 'Secret-1' });
    await fleet.tell(input, 'booted');
    await fleet.pool.query('update attempts a set wipe_granted_at = now() where a.deployment_id = $1', [
      input.deploymentId,
    ]);
    await fleet.service.engine.cancel(by(input));
    expect(await fleet.ends(input)).toBe('CANCELLED');
    await fleet.shows(input, { status: 'cancelled' });

    const left = await fleet.pool.query('select 1 from secrets s where s.deployment_id = $1 and s.sealed is not null', [
      input.deploymentId,
    ]);
    expect(left.rowCount).toBe(0);
    const told = await fleet.pool.query<{ actor: string; message: string }>(
      `select e.actor, e.message from events e where e.deployment_id = $1 and e.kind in ('deployment.cancelled', 'deployment.compensated') order by e.id`,
      [input.deploymentId],
    );
    expect(told.rows[0]).toMatchObject({ actor: 'ada' });
    expect(told.rows[1]?.message).toContain('The disk of the machine was erased');
    await refused(fleet.service.engine.cancel(by(input)), 'deployment-not-open');

    const next = await createDeployment(fleet.pool, { plan: input.plan, machineId: input.machineId });
    await fleet.service.engine.begin(next);
    await fleet.shows(next, { status: 'running' });
    // A stale page and a late callback mean the deployment that is over, not the machine's next one.
    await refused(fleet.service.engine.fail({ ...by(input), reason: 'too late' }), 'deployment-not-open');
    await fleet.service.engine.report(input.machineId, input.deploymentId, {
      id: 'late',
      attempt: 1,
      fact: 'agent-verified',
    });
    await fleet.service.engine.fail({ ...by(next), reason: 'given up by ada' });
    expect(await fleet.ends(next)).toBe('FAILED');
    // Even the message of the failure is unreadable for Temporal.
    expect(textsIn((await fleet.workflow(next).fetchHistory()).events).some((text) => text.includes('given up'))).toBe(
      false,
    );
    await fleet.shows(next, { status: 'failed', phase: 'awaiting-boot' });
  });

  it('cleans up as well when Temporal itself is asked to cancel', async () => {
    const input = await fleet.begun();
    await fleet.workflow(input).cancel();
    expect(await fleet.ends(input)).toBe('CANCELLED');
    await fleet.shows(input, { status: 'cancelled' });
    expect(await fleet.lines(input)).toContain('deployment.compensated awaiting-boot');
  });

  it('holds when its system cannot be entered, and retries from there', async () => {
    const input = await fleet.begun();
    await fleet.tell(input, 'agent-verified');
    await fleet.shows(input, { status: 'holding', hold_reason: 'finalising-failed' });
    await storeEvidence(fleet.pool, input.deploymentId);
    await fleet.service.engine.retry({ ...by(input), from: 'finalising' });
    await fleet.shows(input, { status: 'succeeded' });
  });

  it('begins once however often it is asked, and refuses a second deployment of the machine', async () => {
    const input = await fleet.begun();
    await fleet.service.engine.begin(input);
    await refused(fleet.service.engine.begin({ ...input, deploymentId: randomUUID() }), 'machine-already-deploying');
    await fleet.service.engine.cancel(by(input));
  });

  it('loses nothing when the whole service restarts in the middle of a phase', async () => {
    const input = await fleet.begun();
    await storeEvidence(fleet.pool, input.deploymentId);
    await fleet.restartAfter(async () => {
      for (const fact of HAPPY) await fleet.tell(input, fact);
    });
    await fleet.shows(input, { status: 'succeeded' });
    const { rows } = await fleet.pool.query<{ waiting: number }>(
      'select count(*)::int as waiting from inbox i where i.delivered_at is null',
    );
    expect(rows).toEqual([{ waiting: 0 }]);
  });
});

/** Every string and every run of bytes in a message, as text. */
function textsIn(value: unknown): string[] {
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('latin1')];
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
