import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideBoot, explainBoot } from './boot-decision.ts';
import type { BootSituation } from './boot-decision.ts';
import { DEPLOYMENT_STATUSES, PHASE_NAMES, isFinal } from './phases.ts';

type Deployment = NonNullable<BootSituation['deployment']>;

const WAITING: Deployment = {
  id: 'd',
  status: 'running',
  phase: 'awaiting-boot',
  attempt: 1,
  attemptOpen: true,
  wipeGranted: false,
  installed: false,
  frozen: false,
};

const situation = (deployment: Partial<Deployment> | null, rest: Partial<BootSituation> = {}): BootSituation => ({
  machine: { id: 'm', registered: true, blocked: false },
  deployment: deployment === null ? null : { ...WAITING, ...deployment },
  engineUp: true,
  ...rest,
});

describe('what a machine that boots is told', () => {
  test.each([
    ['unknown', 'unknown-machine', situation({}, { machine: null })],
    ['unknown', 'unknown-machine', situation({}, { machine: { id: 'm', registered: false, blocked: false } })],
    ['blocked', 'machine-blocked', situation({}, { machine: { id: 'm', registered: true, blocked: true } })],
    ['local', 'nothing-to-do', situation(null)],
    ['local', 'nothing-to-do', situation({ status: 'succeeded' })],
    ['local', 'nothing-to-do', situation({ status: 'failed', wipeGranted: true })],
    ['local', 'nothing-to-do', situation({ status: 'cancelled' })],
    ['local', 'already-installed', situation({ installed: true, wipeGranted: true, phase: 'installing' })],
    ['local', 'already-installed', situation({ phase: 'starting-os' })],
    ['local', 'already-installed', situation({ phase: 'checking-agent', status: 'holding' })],
    ['hold', 'attempt-over', situation({ attemptOpen: false })],
    ['hold', 'frozen', situation({ frozen: true })],
    ['hold', 'wiped-but-not-installed', situation({ wipeGranted: true, phase: 'installing' })],
    ['hold', 'holding', situation({ status: 'holding', phase: 'installing' })],
    ['hold', 'engine-away', situation({}, { engineUp: false })],
    ['hold', 'not-started', situation({ status: 'queued' })],
    ['install', 'install', situation({})],
    ['install', 'install', situation({ phase: 'installing' })],
    ['install', 'install', situation({ status: 'holding', phase: 'awaiting-boot' })],
  ] as const)('%s, by the rule %s', (answer, rule, asked) => {
    expect(decideBoot(asked)).toMatchObject({ answer, rule });
  });

  test('every rule decides in at least one of these situations, and the explanation names the one that did', () => {
    const verdicts = explainBoot(situation({ frozen: true }));

    expect(verdicts.filter(({ decides }) => decides).map(({ rule }) => rule)).toEqual(['frozen']);
    expect(verdicts.map(({ rule }) => rule)).toEqual([
      'unknown-machine',
      'machine-blocked',
      'nothing-to-do',
      'already-installed',
      'attempt-over',
      'frozen',
      'wiped-but-not-installed',
      'holding',
      'engine-away',
      'not-started',
      'install',
    ]);
  });
});

const anySituation: fc.Arbitrary<BootSituation> = fc.record({
  machine: fc.option(fc.record({ id: fc.constant('m'), registered: fc.boolean(), blocked: fc.boolean() })),
  deployment: fc.option(
    fc.record({
      id: fc.constant('d'),
      status: fc.constantFrom(...DEPLOYMENT_STATUSES),
      phase: fc.constantFrom(...PHASE_NAMES),
      attempt: fc.integer({ min: 1, max: 9 }),
      attemptOpen: fc.boolean(),
      wipeGranted: fc.boolean(),
      installed: fc.boolean(),
      frozen: fc.boolean(),
    }),
  ),
  engineUp: fc.boolean(),
});

describe('whatever the situation', () => {
  test('nothing is installed unless every reason against it is gone', () => {
    fc.assert(
      fc.property(anySituation, (asked) => {
        if (decideBoot(asked).answer !== 'install') return;
        const { machine, deployment, engineUp } = asked;

        expect(machine).toMatchObject({ registered: true, blocked: false });
        expect(deployment).toMatchObject({ attemptOpen: true, wipeGranted: false, installed: false, frozen: false });
        expect(isFinal(deployment!.status) || deployment!.status === 'queued').toBe(false);
        expect(['awaiting-boot', 'installing']).toContain(deployment!.phase);
        expect(engineUp).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('an unknown or finished machine boots its local disk', () => {
    fc.assert(
      fc.property(anySituation, (asked) => {
        const { machine, deployment } = asked;
        const unknown = machine?.registered !== true;
        const finished = deployment === null || isFinal(deployment.status) || deployment.installed;
        fc.pre(unknown || (finished && !machine.blocked));

        expect(['local', 'unknown']).toContain(decideBoot(asked).answer);
      }),
    );
  });

  test('the same situation has the same answer, and its reason fits on a screen', () => {
    fc.assert(
      fc.property(anySituation, (asked) => {
        const decision = decideBoot(asked);

        expect(decideBoot(structuredClone(asked))).toEqual(decision);
        expect(decision.because).toMatch(/^[A-Za-z0-9 ,;.]{1,100}$/);
      }),
    );
  });
});
