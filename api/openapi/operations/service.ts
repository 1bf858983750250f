import { StreamQuery } from '../../contract/access.ts';
import { ExplainQuery } from '../../contract/deployments.ts';
import type { SignedInOperation } from '../operation.ts';

/** What belongs to no single resource. */
export const SERVICE_OPERATIONS: readonly SignedInOperation[] = [
  {
    method: 'get',
    path: '/overview',
    summary: 'Sums for the first page',
    answer: { status: 200, schema: 'OverviewCounts' },
  },
  { method: 'get', path: '/platforms', summary: 'List platforms', answer: { status: 200, schema: 'PlatformList' } },
  {
    method: 'get',
    path: '/boot/explain',
    summary: 'Explain what a machine that boots now is told',
    query: ExplainQuery,
    answer: { status: 200, schema: 'Explanation' },
    problems: ['invalid-mac'],
  },
  {
    method: 'delete',
    path: '/demo',
    summary: 'Remove the demo, cancelling what is open of it',
    answer: { status: 204 },
    problems: ['deployment-still-open', 'engine-unavailable'],
  },
  {
    method: 'get',
    path: '/stream',
    summary: 'Follow changes as server-sent events',
    query: StreamQuery,
    answer: {
      status: 200,
      text: {
        contentType: 'text/event-stream',
        description:
          'Events `deployment` (a DeploymentRow), `activity` ({deploymentId}), `machine`, `image`, `template`, `system` ({id}), ' +
          '`removed` ({topic, id}) and `reset` (read everything again). `id` is a place: send it back as `Last-Event-ID` or ' +
          '`?after=`. Lists and pages name theirs in `X-Octofleet-Cursor`.',
      },
    },
    problems: ['too-many-tries'],
  },
];
