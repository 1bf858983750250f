import { describe, expect, inject, it, vi } from 'vitest';
import { planFor } from '../domain/plan.ts';
import { DeploymentsOnTemporal, by, refused } from '../test/deployments-on-temporal.ts';
import { createDeployment, storeEvidence } from '../test/deployment-rows.ts';

const fleet = new DeploymentsOnTemporal();

describe('the reconciler', () => {
  it('begins what was created while the engine was away', async () => {
    const input = await createDeployment(fleet.pool, { plan: planFor({ joinsDomain: false }) });
    await fleet.shows(input, { status: 'running' });
    await fleet.service.engine.cancel(by(input));
  });

  it('ends a deployment whose workflow somebody terminated, and frees its machine', async () => {
    const input = await fleet.begun();
    await fleet.workflow(input).terminate('drill');
    await fleet.untouchedForAMinute(input);
    await fleet.shows(input, { status: 'failed' });
    await vi.waitFor(() => expect(fleet.service.drift()).toBe(0), { timeout: 10_000 });
  });
});

describe('a deployment that is begun again after its end', () => {
  it('ends the second workflow at once, leaves the first word as it stands, and frees the machine', async () => {
    const input = await fleet.begun();
    await fleet.service.engine.cancel(by(input));
    expect(await fleet.ends(input)).toBe('CANCELLED');
    const before = await fleet.row(input);
    const told = await fleet.lines(input);

    await fleet.service.engine.begin(input);

    await vi.waitFor(async () => expect(await fleet.ends(input)).toBe('FAILED'), { timeout: 10_000 });
    expect(await fleet.row(input)).toEqual(before);
    expect(await fleet.lines(input)).toEqual(told);
  });
});

describe('a Temporal that lost its data', () => {
  it('gets every open deployment back from the stored callbacks', async () => {
    const input = await fleet.begun();
    await storeEvidence(fleet.pool, input.deploymentId);
    await fleet.tell(input, 'booted');
    await fleet.tell(input, 'installed');
    await fleet.shows(input, { phase: 'starting-os' });
    const { rev } = await fleet.row(input);
    await fleet.client().workflowService.deleteWorkflowExecution({
      namespace: inject('temporalNamespace'),
      workflowExecution: { workflowId: `deploy:${input.machineId}` },
    });
    await fleet.untouchedForAMinute(input);
    await vi.waitFor(async () => expect(await fleet.lines(input)).toContain('deployment.resumed'), { timeout: 20_000 });
    await fleet.tell(input, 'agent-verified');
    await fleet.shows(input, { status: 'succeeded' });
    expect((await fleet.row(input)).rev).toBeGreaterThan(rev);
  });
});

describe('health', () => {
  it('knows that server and worker answer', async () => {
    await vi.waitFor(() => expect(fleet.service.engine.health()).toEqual({ server: true, worker: true }), {
      timeout: 10_000,
    });
    expect(fleet.service.workerAlive()).toBe(true);
  });

  it('says engine-unavailable and keeps trying where no server answers', async () => {
    const nowhere = await fleet.start({ address: '127.0.0.1:1', role: 'worker' });
    const input = await createDeployment(fleet.pool, { plan: planFor({ joinsDomain: false }) });
    await refused(nowhere.engine.begin(input), 'engine-unavailable');
    expect(nowhere.engine.health()).toEqual({ server: false, worker: false });
    expect(nowhere.workerAlive()).toBe(false);
    await nowhere.stop();
    await fleet.shows(input, { status: 'running' });
    await fleet.service.engine.cancel(by(input));
  });
});
