import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAttemptLive, judgeEnrolment, judgeExchange, judgePermit, maySpeak, mayInstall } from './attempt.ts';
import type { BootSituation } from './boot-decision.ts';
import { DEPLOYMENT_STATUSES, PHASE_NAMES } from './phases.ts';

type Deployment = NonNullable<BootSituation['deployment']>;
type Situation = Omit<BootSituation, 'engineUp'>;

const situation = (deployment: Partial<Deployment> = {}): Situation => ({
  machine: { id: 'm', registered: true, blocked: false },
  deployment: {
    id: 'd',
    status: 'running',
    phase: 'awaiting-boot',
    attempt: 1,
    attemptOpen: true,
    wipeGranted: false,
    installed: false,
    frozen: false,
    ...deployment,
  },
});

const anySituation: fc.Arbitrary<Situation> = fc
  .record({
    status: fc.constantFrom(...DEPLOYMENT_STATUSES),
    phase: fc.constantFrom(...PHASE_NAMES),
    attemptOpen: fc.boolean(),
    wipeGranted: fc.boolean(),
    installed: fc.boolean(),
    frozen: fc.boolean(),
  })
  .map(situation);

describe('an exchange', () => {
  const exchange = { situation: situation(), exchanges: 1, ordinal: 2, clientKey: 'mine', session: null };
  const session = { clientKey: 'mine', fenced: false };

  test.each([
    ['open', 'of the script that counts', exchange],
    ['stale', 'of a script that was never handed out', { ...exchange, ordinal: 3 }],
    ['stale', 'of an older script that nobody used', { ...exchange, ordinal: 1 }],
    ['stale', 'after the disk was erased', { ...exchange, situation: situation({ wipeGranted: true }) }],
    ['repeat', 'by the same client again', { ...exchange, ordinal: 1, session }],
    [
      'repeat',
      'by the same client, the disk erased meanwhile',
      { ...exchange, session, situation: situation({ wipeGranted: true }) },
    ],
    ['stale', 'by the same client after a power cycle', { ...exchange, session: { ...session, fenced: true } }],
    ['replay', 'by another client', { ...exchange, session: { ...session, clientKey: 'theirs' } }],
    [
      'replay',
      'by another client, frozen before',
      { ...exchange, situation: situation({ frozen: true }), session: { clientKey: 'theirs', fenced: true } },
    ],
    [
      'stale',
      'by another client when it can do no harm',
      { ...exchange, situation: situation({ installed: true }), session: { ...session, clientKey: 'theirs' } },
    ],
    [
      'stale',
      'by another client of a deployment that ended',
      { ...exchange, situation: situation({ status: 'failed' }), session: { ...session, clientKey: 'theirs' } },
    ],
  ] as const)('is %s %s', (verdict, _when, asked) => {
    expect(judgeExchange(asked)).toBe(verdict);
  });
});

describe('the wipe permit', () => {
  test('is granted once, repeated to the same key, and refused to any other', () => {
    const asked = { situation: situation(), grantedTo: null, permitKey: 'mine' };
    const after = { ...asked, situation: situation({ wipeGranted: true }) };

    expect(judgePermit(asked)).toBe('grant');
    expect(judgePermit({ ...after, grantedTo: 'mine' })).toBe('repeat');
    expect(judgePermit({ ...after, grantedTo: 'theirs' })).toBe('refuse');
    expect(
      judgePermit({ ...after, grantedTo: 'mine', situation: situation({ wipeGranted: true, installed: true }) }),
    ).toBe('refuse');
  });

  test('is never granted where the boot plane would not install', () => {
    fc.assert(
      fc.property(anySituation, (asked) => {
        const verdict = judgePermit({ situation: asked, grantedTo: null, permitKey: 'mine' });

        expect(verdict).toBe(mayInstall(asked) ? 'grant' : 'refuse');
        if (asked.deployment?.wipeGranted === true) expect(verdict).toBe('refuse');
      }),
    );
  });
});

describe('a session', () => {
  test('may speak while its attempt is live and nobody has fenced it', () => {
    fc.assert(
      fc.property(anySituation, fc.boolean(), (asked, fenced) => {
        expect(maySpeak(asked, { fenced })).toBe(!fenced && isAttemptLive(asked));
        if (asked.deployment?.frozen === true) expect(maySpeak(asked, { fenced })).toBe(false);
      }),
    );
  });
});

describe('an enrolment', () => {
  const asked = { situation: situation({ installed: true }), token: { usedBy: null, void: false }, clientKey: 'mine' };

  test.each([
    ['enrol', asked],
    ['repeat', { ...asked, token: { usedBy: 'mine', void: false } }],
    ['replay', { ...asked, token: { usedBy: 'theirs', void: false } }],
    ['replay', { ...asked, token: { usedBy: '', void: true } }],
    ['stale', { ...asked, token: { usedBy: null, void: true } }],
    ['stale', { ...asked, situation: situation({ status: 'cancelled' }) }],
    ['stale', { ...asked, situation: situation({ frozen: true }) }],
  ] as const)('is %s', (verdict, enrolment) => {
    expect(judgeEnrolment(enrolment)).toBe(verdict);
  });
});
