import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  currentPhase,
  finish,
  hear,
  holdOn,
  mayRetryUnasked,
  newDeployment,
  nextAttempt,
  rebuiltFrom,
  resume,
  retryUnasked,
  whyNotEnd,
  whyNotExtend,
  whyNotRetry,
} from './deployment.ts';
import type { DeploymentState } from './deployment.ts';
import { HOLD_REASONS } from './hold.ts';
import type { Hold, HoldReason } from './hold.ts';
import { FINAL_STATUSES } from './phases.ts';
import { planFor } from './plan.ts';
import { FACTS } from './report.ts';
import type { Fact, MachineReport } from './report.ts';

const PLAN = planFor({ joinsDomain: true });
const ALONE = planFor({ joinsDomain: false });

const report = (fact: Fact, id: string = fact, attempt = 1): MachineReport => ({ id, attempt, fact });
const told = (...facts: readonly Fact[]): DeploymentState =>
  facts.reduce((state, fact) => hear(state, PLAN, report(fact)), newDeployment(PLAN));
const holding = (reason: HoldReason, state = newDeployment(PLAN)): DeploymentState =>
  holdOn(state, { reason, phase: 'awaiting-boot', message: '' });

const reports = fc.array(
  fc.record({
    id: fc.string({ maxLength: 3 }),
    attempt: fc.integer({ min: 1, max: 2 }),
    fact: fc.constantFrom(...FACTS),
  }),
  { maxLength: 40 },
);

describe('hearing from a machine', () => {
  it('lives through its phases in order', () => {
    expect(currentPhase(told('booted', 'wipe-granted'), PLAN)?.name).toBe('installing');
    expect(currentPhase(told('booted', 'installed', 'os-started', 'domain-joined'), PLAN)?.name).toBe('checking-agent');
    expect(currentPhase(told('booted', 'agent-verified'), PLAN)?.name).toBe('finalising');
  });

  it('lets a proof of the domain count for what came before it in a plan that joins none', () => {
    const state = hear(newDeployment(ALONE), ALONE, report('domain-joined'));
    expect(currentPhase(state, ALONE)?.name).toBe('checking-agent');
  });

  it('never moves backwards, whatever it hears', () => {
    fc.assert(
      fc.property(reports, (all) => {
        let state = newDeployment(PLAN);
        for (const one of all) {
          const next = hear(state, PLAN, one);
          expect(next.reached).toBeGreaterThanOrEqual(state.reached);
          expect(next.attempt).toBe(1);
          state = next;
        }
      }),
    );
  });

  it('comes equally far in every order and with every repetition', () => {
    const shuffledTwice = reports
      .map((all) => all.map((one, index) => ({ ...one, id: String(index) })))
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })));
    fc.assert(
      fc.property(shuffledTwice, ([all, shuffled]) => {
        const reached = (order: readonly MachineReport[]) =>
          order.reduce((state, one) => hear(state, PLAN, one), newDeployment(PLAN)).reached;
        expect(reached(shuffled)).toBe(reached(all));
      }),
    );
  });

  it('hears nothing once it is over', () => {
    fc.assert(
      fc.property(reports, fc.constantFrom(...FINAL_STATUSES), (all, status) => {
        const over = finish(told('booted'), status);
        expect(all.reduce((state, one) => hear(state, PLAN, one), over)).toBe(over);
        expect(finish(over, 'cancelled')).toBe(over);
      }),
    );
  });

  it('is deaf to another attempt', () => {
    const second = nextAttempt(told('booted', 'wipe-granted'));
    expect(second).toMatchObject({ attempt: 2, reached: 0, wiped: false });
    expect(hear(second, PLAN, report('agent-verified', 'late', 1)).reached).toBe(0);
  });

  it('remembers the first failure and what the machine said', () => {
    const state = hear(newDeployment(PLAN), PLAN, {
      ...report('failed'),
      step: 'applying',
      reason: 'no-space',
      message: 'the disk is full',
    });
    expect(state.failure).toEqual({
      reason: 'machine-reported-failure',
      phase: 'awaiting-boot',
      message: 'applying: no-space: the disk is full',
    });
    expect(hear(state, PLAN, report('failed', 'second')).failure).toBe(state.failure);
  });
});

describe('rebuilding from stored callbacks', () => {
  it('comes to the same place as the deployment that heard them, with no unasked retry left', () => {
    fc.assert(
      fc.property(reports, (all) => {
        const lived = all.reduce((state, one) => hear(state, PLAN, one), newDeployment(PLAN));
        expect(rebuiltFrom(PLAN, 1, all)).toEqual(lived);
      }),
    );
    const generous = planFor({ joinsDomain: true, preauthorisedRetries: 3 });
    expect(rebuiltFrom(generous, 2, [])).toMatchObject({ attempt: 2, retriesLeft: 0, reached: 0 });
  });
});

describe('a deployment that holds', () => {
  it('goes on by itself when the machine proves that it lives', () => {
    expect(hear(holding('never-booted'), PLAN, report('booted'))).toMatchObject({ status: 'running', hold: null });
    expect(hear(holding('never-booted'), PLAN, report('wipe-granted'))).toMatchObject({ status: 'holding' });
  });

  it('stays where it is after a failure or a second exchange, until an operator retries', () => {
    for (const fact of ['failed', 'frozen'] as const) {
      const failed = told(fact);
      const state = holdOn(failed, failed.failure!);
      expect(hear(state, PLAN, report('installed'))).toMatchObject({ status: 'holding', reached: 2 });
      expect(resume(state)).toMatchObject({ status: 'running', failure: null });
    }
  });

  it('gives the machine’s own word as its reason when that arrives', () => {
    expect(hear(holding('installer-silent'), PLAN, report('frozen')).hold?.reason).toBe('second-exchange');
  });
});

describe('what an operator may do', () => {
  it('retries only what holds, from the boot or from where it stands', () => {
    expect(whyNotRetry(newDeployment(PLAN), PLAN, null)).toMatch(/holds/);
    const state = holding('os-never-started', told('booted', 'installed', 'os-started'));
    expect(whyNotRetry(state, PLAN, null)).toBeUndefined();
    expect(whyNotRetry(state, PLAN, 'joining-domain')).toBeUndefined();
    expect(whyNotRetry(state, PLAN, 'starting-os')).toMatch(/left starting-os behind/);
    expect(whyNotRetry(state, PLAN, 'checking-agent')).toMatch(/not come as far/);
    expect(whyNotRetry(state, PLAN, 'installing')).toMatch(/network boot/);
    expect(whyNotRetry(holding('os-never-started', newDeployment(ALONE)), ALONE, 'joining-domain')).toMatch(/no phase/);
  });

  it('retries a second exchange from the network boot only', () => {
    const frozen = told('booted', 'installed', 'frozen');
    const state = holdOn(frozen, frozen.failure!);
    expect(whyNotRetry(state, PLAN, 'starting-os')).toMatch(/Two parties/);
    expect(whyNotRetry(state, PLAN, null)).toBeUndefined();
  });

  it('grants time where time can help', () => {
    expect(whyNotExtend(newDeployment(PLAN), PLAN)).toBeUndefined();
    expect(whyNotExtend(holding('install-too-slow'), PLAN)).toBeUndefined();
    for (const reason of ['second-exchange', 'machine-reported-failure', 'came-back-after-wipe'] as const)
      expect(whyNotExtend(holding(reason), PLAN)).toMatch(/does not help/);
    expect(whyNotExtend(told('agent-verified'), PLAN)).toMatch(/service itself/);
    expect(whyNotExtend(finish(newDeployment(PLAN), 'failed'), PLAN)).toMatch(/over/);
  });

  it('ends what is not over', () => {
    expect(whyNotEnd(holding('never-booted'))).toBeUndefined();
    expect(whyNotEnd(finish(newDeployment(PLAN), 'succeeded'))).toMatch(/over/);
  });
});

describe('starting again unasked', () => {
  const trouble = (reason: HoldReason): Hold => ({ reason, phase: 'installing', message: '' });

  it('happens as often as the plan allows and no more', () => {
    const once = newDeployment(planFor({ joinsDomain: true, preauthorisedRetries: 1 }));
    expect(mayRetryUnasked(once, trouble('installer-silent'))).toBe(true);
    const again = retryUnasked(once);
    expect(again).toMatchObject({ attempt: 2, retriesLeft: 0, status: 'running' });
    expect(mayRetryUnasked(again, trouble('installer-silent'))).toBe(false);
  });

  it('never erases a system that runs, nor answers a stranger', () => {
    const many = newDeployment(planFor({ joinsDomain: true, preauthorisedRetries: 3 }));
    const unasked = HOLD_REASONS.filter((reason) => mayRetryUnasked(many, trouble(reason)));
    expect(unasked).not.toEqual(expect.arrayContaining(['second-exchange']));
    expect(unasked).toEqual([
      'installer-silent',
      'came-back-after-wipe',
      'install-too-slow',
      'os-never-started',
      'machine-reported-failure',
    ]);
  });
});
