import { describe, expect, test } from 'vitest';
import request from 'supertest';
import { closedPool } from '../../test/closed-pool.ts';
import { freshMac, readyImage, testApi } from '../../test/api.ts';
import { testDatabase } from '../../test/database.ts';

const database = testDatabase();

describe('the metrics', () => {
  test('count deployments by status and what the workflow has not heard of, without naming anything', async () => {
    const api = testApi(database.pool(), { drift: () => 3 });
    const imageId = await readyImage(api);
    const mac = freshMac();
    const created = await api.as('post', '/api/v1/deployments').send({ mac, imageId, hostName: 'secret-host' });
    await database.pool().query(
      `insert into inbox (attempt_id, session_id, event_key, body, fact)
        select a.id, gen_random_uuid(), 'exchange', '{}', 'booted' from attempts a where a.deployment_id = $1`,
      [created.body.id],
    );

    const { status, text } = await request(api.app).get('/metrics');

    expect(status).toBe(200);
    expect(text).toContain('octofleet_deployments{status="queued"} 1');
    expect(text).toContain('octofleet_inbox_undelivered 1');
    expect(text).toContain('octofleet_drift 3');
    expect(text).toContain('octofleet_up{part="database"} 1');
    expect(text).not.toContain('secret-host');
    expect(text).not.toContain(mac);
  });

  test('say that the database is away instead of repeating old counts', async () => {
    const api = testApi(closedPool());

    const { status, text } = await request(api.app).get('/metrics');

    expect(status).toBe(200);
    expect(text).toContain('octofleet_up{part="database"} 0');
    expect(text).not.toMatch(/^octofleet_inbox_undelivered \d/m);
  });
});
