import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import { boot, machinePlanes, runningDeployment } from '../../test/planes.ts';
import { listActivity } from './activity.ts';

const database = testDatabase();

describe('a line of activity', () => {
  test('tells the beginning of an installer’s step from its end', async () => {
    const planes = machinePlanes(database.pool());
    const subject = await runningDeployment(planes);
    const token = await boot(planes, subject);
    for (const [seq, status] of ['started', 'done', 'failed'].entries())
      await request(planes.app)
        .post(`/d/${token}/events`)
        .send({ seq: seq + 1, step: 'partitioning', status })
        .expect(202);

    const { items } = await listActivity(database.pool(), subject.deploymentId, {
      limit: 10,
      show: 'events',
      order: 'oldest',
    });

    expect(items.flatMap(({ step, stepStatus }) => (step === 'partitioning' ? [stepStatus] : []))).toEqual([
      'started',
      'done',
      'failed',
    ]);
    expect(items.find(({ kind }) => kind === 'installer.started')?.stepStatus).toBeNull();
  });
});
