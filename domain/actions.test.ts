import { describe, expect, test } from 'vitest';
import { actionsOf } from './actions.ts';
import { newDeployment, whyNotExtend, whyNotRetry } from './deployment.ts';
import { HOLD_REASONS } from './hold.ts';
import type { HoldReason } from './hold.ts';
import { planFor } from './plan.ts';

const plan = planFor({ joinsDomain: true });

describe('what an operator may do', () => {
  test('is to wait, extend, cancel or fail while it runs', () => {
    expect(actionsOf({ status: 'running', phase: 'installing', deadlineRuns: true, holdReason: null, plan })).toEqual({
      retry: false,
      retryFrom: [],
      extend: true,
      cancel: true,
      fail: true,
      delete: false,
    });
  });

  test('is to retry when it holds, from the boot or from where it stands if that keeps what the disk holds', () => {
    const at = (phase: 'installing' | 'joining-domain' | 'finalising', holdReason: HoldReason) =>
      actionsOf({ status: 'holding', phase, deadlineRuns: false, holdReason, plan });

    expect(at('installing', 'machine-reported-failure')).toMatchObject({ retry: true, retryFrom: [], extend: false });
    expect(at('joining-domain', 'join-not-proven').retryFrom).toEqual(['joining-domain']);
    expect(at('joining-domain', 'second-exchange')).toMatchObject({ retry: true, retryFrom: [] });
    expect(at('finalising', 'finalising-failed')).toMatchObject({ retryFrom: ['finalising'], extend: false });
  });

  test('is to grant more time when it holds because its time was up', () => {
    const late = { status: 'holding', phase: 'installing', deadlineRuns: false, plan } as const;

    expect(actionsOf({ ...late, holdReason: 'installer-silent' }).extend).toBe(true);
    expect(actionsOf({ ...late, holdReason: 'came-back-after-wipe' }).extend).toBe(false);
  });

  test('agrees with what the workflow accepts', () => {
    for (const reason of HOLD_REASONS)
      for (const [reached, { name: phase }] of plan.phases.entries()) {
        const hold = { reason, phase, message: '' };
        const state = { ...newDeployment(plan), reached, status: 'holding', hold, failure: hold } as const;
        const actions = actionsOf({ status: 'holding', phase, deadlineRuns: false, holdReason: reason, plan });
        expect(actions.extend).toBe(whyNotExtend(state, plan) === undefined);
        for (const { name } of plan.phases)
          expect(actions.retryFrom.includes(name)).toBe(whyNotRetry(state, plan, name) === undefined);
      }
  });

  test('is to cancel when it is queued', () => {
    const actions = actionsOf({
      status: 'queued',
      phase: 'awaiting-boot',
      deadlineRuns: false,
      holdReason: null,
      plan,
    });

    expect(actions).toMatchObject({ cancel: true, fail: false, extend: false, delete: false });
  });

  test.each(['succeeded', 'failed', 'cancelled'] as const)('is to delete it once it has %s', (status) => {
    expect(actionsOf({ status, phase: 'finalising', deadlineRuns: false, holdReason: null, plan })).toEqual({
      retry: false,
      retryFrom: [],
      extend: false,
      cancel: false,
      fail: false,
      delete: true,
    });
  });
});
