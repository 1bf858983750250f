import { mkdtemp } from 'node:fs/promises';
import { readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DeterminismViolationError } from '@temporalio/workflow';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DeployMachineInput } from '../domain/deploy-input.ts';
import { hear, newDeployment, nextAttempt } from '../domain/deployment.ts';
import { planFor } from '../domain/plan.ts';
import type { Fact } from '../domain/report.ts';
import { workflowBundle } from '../temporal/bundle.ts';
import { HistoryBuilder } from '../test/history.ts';
import type { History } from '../test/history.ts';

const LEASE = { deadlineSeconds: 3_600, leaseSeconds: 60 };
const input: DeployMachineInput = {
  deploymentId: 'd-1',
  machineId: 'm-1',
  label: 'web-07 (52:54:00:12:34:56)',
  plan: planFor({ joinsDomain: false, limits: { installing: LEASE } }),
};
const DAY = 86_400_000;
const HOUR = 3_600_000;

let codePath: string;
let reports = 0;

beforeAll(async () => {
  const logger = new DefaultLogger('ERROR', () => undefined);
  Runtime.install({ logger });
  codePath = await workflowBundle(await mkdtemp(path.join(tmpdir(), 'octofleet-bundle-')), logger);
});

function replay(history: unknown): Promise<void> {
  return Worker.runReplayHistory({ workflowBundle: { codePath } }, history);
}

/** A deployment's history in the words of its story. */
class Story extends HistoryBuilder {
  constructor(given: DeployMachineInput = input) {
    super('deployMachine', given);
  }

  published(): this {
    return this.upsertsSearchAttributes().activity('project');
  }

  waits(milliseconds: number): this {
    return this.published().startsTimer(milliseconds);
  }

  hears(fact: Fact): this {
    reports += 1;
    return this.signal('machineReported', { deploymentId: 'd-1', report: { id: `${reports}`, attempt: 1, fact } });
  }

  ended(fact: Fact): this {
    return this.hears(fact).timerCancelled();
  }

  cleanedUp(): this {
    return this.activity('closeAttempt').activity('compensate', { undone: [], remains: [] }).published();
  }
}

const installed = (): Story => new Story().waits(DAY).ended('booted').waits(60_000).ended('installed').waits(HOUR);

describe('the story of a deployment', () => {
  it('runs through its phases to success', async () => {
    const history = installed()
      .ended('os-started')
      .waits(HOUR / 2)
      .ended('agent-verified')
      .published()
      .activity('closeAttempt')
      .activity('acceptSystem')
      .published()
      .ends('Completed');
    await replay(history);
  });

  it('holds for a machine that never boots, and begins a new attempt on an operator’s word', async () => {
    const life = { lastSeenAt: null, cameBackAfterWipe: false, failingChecks: '' };
    const held = new Story().waits(DAY).timerFires().activity('signsOfLife', life).published();
    await replay(held.soFar());
    held.update('retry', { deploymentId: 'd-1', by: 'ada', from: null }, {});
    await replay(held.activity('openAttempt').waits(DAY).soFar());
  });

  it('looks at the signs of life when the lease ends, and waits on while there are some', async () => {
    const alive = { lastSeenAt: '2026-01-01T00:01:00.000Z', cameBackAfterWipe: false, failingChecks: '' };
    const story = new Story().waits(DAY).ended('booted').waits(60_000).timerFires().activity('signsOfLife', alive);
    await replay(story.startsTimer(59_000).soFar());
  });

  it('cleans up when it is cancelled half way', async () => {
    await replay(installed().cancelRequested().timerCancelled().cleanedUp().ends('Canceled'));
  });

  it('is noticed when it forgets to clean up', async () => {
    const forgetful = installed().cancelRequested().timerCancelled().published().ends('Canceled');
    await expect(replay(forgetful)).rejects.toThrow(DeterminismViolationError);
  });

  it('cleans up when an operator gives it up', async () => {
    const story = new Story().waits(DAY).acceptsUpdate('fail', { deploymentId: 'd-1', by: 'ada', reason: 'broken' });
    await replay(story.timerCancelled().completesUpdate({}).cleanedUp().ends('Failed'));
  });
});

describe('a deployment with a long history', () => {
  const state = hear(newDeployment(input.plan), input.plan, { id: '1', attempt: 1, fact: 'booted' });

  it('goes on in a fresh run, between two phases', async () => {
    await replay(new Story().waits(DAY).becomesLong().ended('booted').ends('ContinuedAsNew'));
  });

  it('carries its phase, its attempt and its revision over', async () => {
    const fresh = new Story({ ...input, carried: { state, rev: 7, openedAttempt: 1 } });
    await replay(fresh.waits(60_000).ended('installed').waits(HOUR).soFar());
    const retried = new Story({ ...input, carried: { state: nextAttempt(state), rev: 7, openedAttempt: 1 } });
    await replay(retried.activity('openAttempt').waits(DAY).soFar());
  });
});

describe('histories of deployments that were', () => {
  const folder = new URL('__histories__/', import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

  it('are there: a success, a retry, a cancellation', () => {
    expect(names).toEqual(['cancelled.json', 'happy-windows.json', 'held-and-retried.json']);
  });

  it.each(names)('%s still replays', async (name) => {
    await replay(JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as History);
  });
});
