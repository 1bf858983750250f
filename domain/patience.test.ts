import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extended, judgeSilence, looksAgainAt, patienceFor } from './patience.ts';
import type { Life } from './patience.ts';
import type { PhasePlan } from './plan.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const INSTALLING: PhasePlan = { name: 'installing', deadlineSeconds: 600, leaseSeconds: 60, resumable: false };
const CHECKING: PhasePlan = { name: 'checking-agent', deadlineSeconds: 600, leaseSeconds: null, resumable: true };

const life = (over: Partial<Life> = {}): Life => ({
  lastSeenAt: null,
  cameBackAfterWipe: false,
  failingChecks: '',
  ...over,
});
const at = (seconds: number): number => NOW + seconds * 1_000;
const seen = (seconds: number): string => new Date(at(seconds)).toISOString();

describe('patience', () => {
  it('looks again when the lease ends, and at the deadline where silence is normal', () => {
    expect(looksAgainAt(patienceFor(INSTALLING, NOW))).toBe(at(60));
    expect(looksAgainAt(patienceFor(CHECKING, NOW))).toBe(at(600));
  });

  it('renews the lease from the last sign of life', () => {
    const verdict = judgeSilence(INSTALLING, patienceFor(INSTALLING, NOW), life({ lastSeenAt: seen(50) }), at(60));
    expect(verdict).toEqual({ deadlineAt: at(600), quietUntil: at(110) });
  });

  it('calls a silent installer silent, and names the machine that came back after the wipe', () => {
    const patience = patienceFor(INSTALLING, NOW);
    expect(judgeSilence(INSTALLING, patience, life(), at(60))).toMatchObject({ reason: 'installer-silent' });
    expect(judgeSilence(INSTALLING, patience, life({ cameBackAfterWipe: true }), at(60))).toMatchObject({
      reason: 'came-back-after-wipe',
    });
  });

  it('does not take a curious visit for a crash while the installer still talks', () => {
    const curious = life({ lastSeenAt: seen(59), cameBackAfterWipe: true });
    expect(judgeSilence(INSTALLING, patienceFor(INSTALLING, NOW), curious, at(60))).not.toHaveProperty('reason');
  });

  it('is late at the deadline however lively the machine', () => {
    const lively = life({ lastSeenAt: seen(600) });
    expect(judgeSilence(INSTALLING, patienceFor(INSTALLING, NOW), lively, at(600))).toMatchObject({
      reason: 'install-too-slow',
    });
  });

  it('says what the agent could not prove', () => {
    const verdict = judgeSilence(CHECKING, patienceFor(CHECKING, NOW), life({ failingChecks: 'domain' }), at(600));
    expect(verdict).toEqual({ reason: 'agent-not-verified', phase: 'checking-agent', message: 'domain' });
  });

  it('moves the deadline, and with it the patience of a phase without a lease', () => {
    expect(extended(patienceFor(CHECKING, NOW), 5_000)).toEqual({ deadlineAt: at(605), quietUntil: at(605) });
    expect(extended(patienceFor(INSTALLING, NOW), 5_000)).toEqual({ deadlineAt: at(605), quietUntil: at(60) });
  });

  it('always ends in a later look or in a reason, so that no phase waits for ever', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(INSTALLING, CHECKING),
        fc.option(fc.integer({ min: 0, max: 2_000 })),
        fc.boolean(),
        fc.integer({ min: 0, max: 2_000 }),
        (phase, lastSeen, cameBackAfterWipe, later) => {
          const patience = patienceFor(phase, NOW);
          const now = Math.max(looksAgainAt(patience), at(later));
          const lastSeenAt = lastSeen === null ? null : seen(lastSeen);
          const verdict = judgeSilence(phase, patience, life({ lastSeenAt, cameBackAfterWipe }), now);
          if (!('reason' in verdict)) expect(looksAgainAt(verdict)).toBeGreaterThan(now);
        },
      ),
    );
  });
});
