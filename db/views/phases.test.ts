import { describe, expect, test } from 'vitest';
import { planFor } from '../../domain/plan.ts';
import type { PhaseName } from '../../domain/phases.ts';
import { phasesOf } from './phases.ts';
import type { PhaseFacts } from './phases.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 23, 8, minute));
const iso = (minute: number): string => at(minute).toISOString();

function lived(entered: Partial<Record<PhaseName, number>>, more: Partial<PhaseFacts>): ReturnType<typeof phasesOf> {
  return phasesOf({
    plan: planFor({ joinsDomain: true }),
    status: 'running',
    phase: 'installing',
    phaseSince: at(5),
    endedAt: null,
    entered: new Map(Object.entries(entered).map(([name, minute]) => [name, at(minute)])),
    ...more,
  });
}

const states = (phases: ReturnType<typeof phasesOf>): readonly string[] => phases.map(({ state }) => state);

describe('the phases of a deployment', () => {
  test('are done, current and ahead, each ending where the next began', () => {
    const phases = lived({ 'awaiting-boot': 0, installing: 5 }, {});

    expect(states(phases)).toEqual(['done', 'current', 'ahead', 'ahead', 'ahead', 'ahead']);
    expect(phases[0]).toMatchObject({ startedAt: iso(0), endedAt: iso(5) });
    expect(phases[1]).toMatchObject({ startedAt: iso(5), endedAt: null });
    expect(phases[2]).toMatchObject({ startedAt: null, endedAt: null });
  });

  test('that were skipped, because a later proof implied them, are done without times', () => {
    const phases = lived({ 'awaiting-boot': 0, installing: 5 }, { phase: 'checking-agent', phaseSince: at(20) });

    expect(states(phases)).toEqual(['done', 'done', 'done', 'done', 'current', 'ahead']);
    expect(phases[1]).toMatchObject({ startedAt: iso(5), endedAt: iso(20) });
    expect(phases[2]).toMatchObject({ startedAt: null, endedAt: null });
  });

  test('stop where the deployment was stopped', () => {
    const phases = lived({ 'awaiting-boot': 0, installing: 5 }, { status: 'cancelled', endedAt: at(9) });

    expect(states(phases)).toEqual(['done', 'stopped', 'ahead', 'ahead', 'ahead', 'ahead']);
    expect(phases[1]).toMatchObject({ startedAt: iso(5), endedAt: iso(9) });
  });

  test('are all done when it succeeded', () => {
    const phases = lived({}, { status: 'succeeded', phase: 'finalising', phaseSince: at(30), endedAt: at(31) });

    expect(new Set(states(phases))).toEqual(new Set(['done']));
    expect(phases.at(-1)).toMatchObject({ startedAt: iso(30), endedAt: iso(31) });
  });

  test('of an earlier attempt do not show in the next one', () => {
    const phases = lived({ 'awaiting-boot': 40, installing: 5 }, { phase: 'awaiting-boot', phaseSince: at(40) });

    expect(phases[1]).toMatchObject({ state: 'ahead', startedAt: null });
  });
});
