import pg from 'pg';
import type { Acknowledged } from '../machine/callbacks.ts';

/** What has to stand in the timeline of a deployment that went through without a hitch: each exactly once. */
const ONCE = [
  'deployment.created',
  'deployment.started',
  'deployment.succeeded',
  'installer.started',
  'installer.inventory',
  'wipe.granted',
  'agent.enrolled',
] as const;
const PHASES = ['awaiting-boot', 'installing', 'starting-os', 'joining-domain', 'checking-agent', 'finalising'];
const FACTS = ['booted', 'wipe-granted', 'installed', 'os-started', 'domain-joined', 'agent-verified'];

/**
 * Looks behind the scenes of a deployment that succeeded: is every acknowledged callback there once, and was each applied
 * once? Answers with what is wrong, in sentences.
 */
export async function audit(
  databaseUrl: string,
  deploymentId: string,
  acknowledged: readonly Acknowledged[],
): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return [
      ...(await lostOrDoubled(client, deploymentId, acknowledged)),
      ...(await factsOf(client, deploymentId)),
      ...(await timelineOf(client, deploymentId)),
    ];
  } finally {
    await client.end();
  }
}

async function lostOrDoubled(
  client: pg.Client,
  deploymentId: string,
  acknowledged: readonly Acknowledged[],
): Promise<string[]> {
  const { rows } = await client.query<{ session_id: string; event_key: string; copies: number }>(
    `select i.session_id, i.event_key, count(*)::int as copies from inbox i join attempts a on a.id = i.attempt_id
      where a.deployment_id = $1 group by i.session_id, i.event_key`,
    [deploymentId],
  );
  // Reports of the agent are judged at once; what they prove is kept as facts, which the next check counts.
  const kept = acknowledged.filter(({ key }) => !key.startsWith('report:'));
  return kept.flatMap(({ speaker, key }) => {
    const session = sessionOf(speaker);
    // An agent's callbacks are kept under its enrolment, of which there is one.
    const stored = rows.filter((row) => row.event_key === key && (row.session_id === session || key === 'enrol'));
    const copies = stored.reduce((sum, row) => sum + row.copies, 0);
    return copies === 1 ? [] : [`acknowledged ${key} is stored ${copies} times`];
  });
}

/** An attempt token begins with the id of its session. */
function sessionOf(token: string): string {
  const hex = Buffer.from(token, 'base64url').subarray(0, 16).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

async function factsOf(client: pg.Client, deploymentId: string): Promise<string[]> {
  const { rows } = await client.query<{ fact: string; copies: number; undelivered: number }>(
    `select i.fact, count(*)::int as copies, (count(*) filter (where i.delivered_at is null))::int as undelivered
      from inbox i join attempts a on a.id = i.attempt_id
      where a.deployment_id = $1 and i.fact is not null group by i.fact`,
    [deploymentId],
  );
  return FACTS.flatMap((fact) => {
    const row = rows.find((candidate) => candidate.fact === fact);
    if (row?.copies !== 1) return [`the fact ${fact} is stored ${row?.copies ?? 0} times`];
    return row.undelivered === 0 ? [] : [`the workflow never heard of ${fact}`];
  });
}

async function timelineOf(client: pg.Client, deploymentId: string): Promise<string[]> {
  const { rows } = await client.query<{ kind: string; phase: string | null; step: string; message: string }>(
    'select e.kind, e.phase, e.step, e.message from events e where e.deployment_id = $1 order by e.id',
    [deploymentId],
  );
  const count = (kind: string): number => rows.filter((row) => row.kind === kind).length;
  const entered = rows.filter(({ kind }) => kind === 'phase.entered').map(({ phase }) => phase ?? '');
  const order = PHASES.filter((phase) => entered.includes(phase));
  return [
    ...ONCE.filter((kind) => count(kind) !== 1).map((kind) => `the timeline says ${kind} ${count(kind)} times`),
    ...(entered.join() === order.join() ? [] : [`phases were entered as ${entered.join(', ')}`]),
    ...(count('deployment.held') === 0 ? [] : ['the deployment held']),
    ...(count('callback.refused') === 0 ? [] : ['a callback was refused']),
  ];
}
