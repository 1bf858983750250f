import { describe, expect, test } from 'vitest';
import { actionsOf } from './actions.ts';
import { planFor } from './plan.ts';

const plan = planFor({ joinsDomain: true });

describe('what an operator may do', () => {
  test('is to wait, extend, cancel or fail while it runs', () => {
    expect(actionsOf({ status: 'running', phase: 'installing', deadlineRuns: true, plan })).toEqual({
      retry: false,
      retryFrom: [],
      extend: true,
      cancel: true,
      fail: true,
      delete: false,
    });
  });

  test('is to retry when it holds, from any phase it has come to that keeps what the disk holds', () => {
    const at = (phase: 'installing' | 'joining-domain' | 'finalising') =>
      actionsOf({ status: 'holding', phase, deadlineRuns: false, plan });

    expect(at('installing')).toMatchObject({ retry: true, retryFrom: [], extend: false });
    expect(at('joining-domain').retryFrom).toEqual(['starting-os', 'joining-domain']);
    expect(at('finalising').retryFrom).toEqual(['starting-os', 'joining-domain', 'checking-agent', 'finalising']);
  });

  test('is to cancel when it is queued', () => {
    const actions = actionsOf({ status: 'queued', phase: 'awaiting-boot', deadlineRuns: false, plan });

    expect(actions).toMatchObject({ cancel: true, fail: false, extend: false, delete: false });
  });

  test.each(['succeeded', 'failed', 'cancelled'] as const)('is to delete it once it has %s', (status) => {
    expect(actionsOf({ status, phase: 'finalising', deadlineRuns: false, plan })).toEqual({
      retry: false,
      retryFrom: [],
      extend: false,
      cancel: false,
      fail: false,
      delete: true,
    });
  });
});
