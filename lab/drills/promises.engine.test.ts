import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config.ts';
import type { Faults } from '../machine/faults.ts';
import type { Identity } from '../machine/ipxe/settings.ts';
import { SimulatedMachine } from '../machine/machine.ts';
import { audit } from './audit.ts';
import { openHouse } from './house.ts';
import type { House } from './house.ts';
import { Scene } from './scene.ts';

let house: House;
let scene: Scene;
const power = new AbortController();
/** Machines still running when a test is over: they are switched off with the house. */
const running: Promise<unknown>[] = [];
beforeAll(async () => {
  const { cacheDir, temporal } = loadConfig(process.env);
  house = await openHouse({ cacheDir, cliPath: temporal.cliPath, env: process.env });
  scene = await Scene.in(house, power.signal);
});
afterAll(async () => {
  power.abort();
  await Promise.allSettled(running);
  await house.stop();
});

function switchOn(identity: Identity, faults: Faults = {}): SimulatedMachine {
  return new SimulatedMachine({ baseUrl: house.url, identity, signal: power.signal, speed: 200, faults });
}

/** Lets a machine live beside the test. */
function alongside<T>(life: Promise<T>): Promise<T> {
  running.push(life.catch(() => undefined));
  return life;
}

const UNDER_A_LOAD = { timeout: 120_000 };

describe('the service, with machines that behave badly', () => {
  it('stops an attempt whose nonce a second party exchanges too', UNDER_A_LOAD, async () => {
    const { id, identity } = await scene.order();
    void alongside(switchOn(identity, { replayed: true }).run());

    const held = await scene.comesTo(id, 'holding');

    expect(held.hold?.reason).toBe('second-exchange');
  });

  it('never erases a disk twice without an operator’s word', UNDER_A_LOAD, async () => {
    const { id, identity } = await scene.order({ limits: { installing: { leaseSeconds: 2 } } });
    const machine = switchOn(identity, { rebootAt: 'applying' });
    const life = alongside(machine.run());

    const held = await scene.comesTo(id, 'holding');
    const permits = machine.acknowledged.filter(({ key }) => key === 'wipe-permit').length;
    await scene.retry(id);

    expect(held.hold?.reason).toBe('came-back-after-wipe');
    expect(permits).toBe(1);
    expect(await life).toEqual({ ended: 'verified' });
    expect(await scene.comesTo(id, 'succeeded')).toMatchObject({ attempt: 2 });
  });

  it('notices a machine that falls silent', UNDER_A_LOAD, async () => {
    const { id, identity } = await scene.order({ limits: { installing: { leaseSeconds: 2 } } });

    expect(await switchOn(identity, { silentAt: 'applying' }).run()).toEqual({ ended: 'silent' });

    expect((await scene.comesTo(id, 'holding')).hold?.reason).toBe('installer-silent');
  });

  it('keeps the machine’s own words about a failure, and starts again when it is told to', UNDER_A_LOAD, async () => {
    const { id, identity } = await scene.order();
    const failAt = { step: 'applying', reason: 'apply-failed', message: 'DISM ended with 2' };
    const life = alongside(switchOn(identity, { failAt }).run());

    const held = await scene.comesTo(id, 'holding');
    await scene.retry(id);

    expect(held.hold).toMatchObject({ reason: 'machine-reported-failure' });
    expect(held.hold?.message).toContain('DISM ended with 2');
    expect(await life).toEqual({ ended: 'verified' });
    expect(await scene.comesTo(id, 'succeeded')).toMatchObject({ attempt: 2 });
  });

  it('goes on by itself when a machine is switched on late', UNDER_A_LOAD, async () => {
    const { id, identity } = await scene.order({ limits: { 'awaiting-boot': { deadlineSeconds: 1 } } });
    const held = await scene.comesTo(id, 'holding');

    const outcome = await switchOn(identity).run();

    expect(held.hold?.reason).toBe('never-booted');
    expect(outcome).toEqual({ ended: 'verified' });
    expect(await scene.comesTo(id, 'succeeded')).toMatchObject({ attempt: 1 });
  });

  it('applies repeated and late callbacks once', UNDER_A_LOAD, async () => {
    const { id, identity } = await scene.order();
    const machine = switchOn(identity, { copies: 2, reorders: true });

    expect(await machine.run()).toEqual({ ended: 'verified' });

    await scene.comesTo(id, 'succeeded');
    expect(await audit(house.databaseUrl, id, machine.acknowledged)).toEqual([]);
  });

  it('accepts no system that is not what was promised', UNDER_A_LOAD, async () => {
    const { id, identity } = await scene.order({ limits: { 'joining-domain': { deadlineSeconds: 3 } } });
    void alongside(switchOn(identity, { evidence: { domain: '' } }).run());

    const held = await scene.comesTo(id, 'holding');

    expect(held.hold?.reason).toBe('join-not-proven');
    expect(held.hold?.message).toContain('domain');
  });

  it('leaves a machine alone that nobody has ordered anything for', UNDER_A_LOAD, async () => {
    const { identity } = await scene.order();
    const stranger = { ...identity, mac: '52:54:00:ff:ff:01' };

    expect(await switchOn(stranger).run()).toEqual({ ended: 'nothing-to-start' });
  });

  it('deploys twenty machines at once', UNDER_A_LOAD, async () => {
    const orders = await Promise.all(Array.from({ length: 20 }, async () => await scene.order()));

    const outcomes = await Promise.all(orders.map(async ({ identity }) => await switchOn(identity).run()));

    expect(outcomes.filter(({ ended }) => ended === 'verified')).toHaveLength(20);
    await Promise.all(orders.map(async ({ id }) => await scene.comesTo(id, 'succeeded')));
  });
});
