import { StreamQuery } from '../contract/access.ts';
import { ActivityQuery, DeploymentQuery, ExplainQuery } from '../contract/deployments.ts';
import {
  CreateQuery,
  ImageQuery,
  MachineQuery,
  SystemQuery,
  TemplateQuery,
  UploadQuery,
} from '../contract/inventory.ts';
import type { Operation } from './operation.ts';

type Plain = Omit<Operation, 'access' | 'tag'>;

const ID = '/{id}';

const DEPLOYMENTS: readonly Plain[] = [
  {
    method: 'get',
    path: '/deployments',
    summary: 'List deployments',
    query: DeploymentQuery,
    answer: { status: 200, schema: 'DeploymentPage' },
  },
  {
    method: 'post',
    path: '/deployments',
    summary: 'Deploy a machine',
    body: 'CreateDeployment',
    idempotent: true,
    answer: { status: 201, schema: 'DeploymentView' },
    problems: [
      'invalid-mac',
      'invalid-host-name',
      'invalid-settings',
      'machine-already-deploying',
      'artefact-missing',
      'command-not-allowed',
    ],
  },
  {
    method: 'post',
    path: '/deployments/preview',
    summary: 'Show what a machine would get, without creating anything',
    body: 'CreateDeployment',
    answer: { status: 200, schema: 'Preview' },
    problems: ['invalid-mac', 'invalid-host-name', 'invalid-settings', 'artefact-missing', 'command-not-allowed'],
  },
  {
    method: 'get',
    path: `/deployments${ID}`,
    summary: 'Show a deployment',
    answer: { status: 200, schema: 'DeploymentView' },
    problems: ['not-found'],
  },
  {
    method: 'delete',
    path: `/deployments${ID}`,
    summary: 'Delete an ended deployment with its timeline and log',
    answer: { status: 204 },
    problems: ['not-found', 'deployment-still-open'],
  },
  {
    method: 'get',
    path: `/deployments${ID}/activity`,
    summary: 'List what happened, events and log in one order',
    query: ActivityQuery,
    answer: { status: 200, schema: 'ActivityPage' },
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: `/deployments${ID}/log.txt`,
    summary: 'Download everything its machine wrote',
    answer: { status: 200, text: { contentType: 'text/plain', description: 'The log, oldest line first.' } },
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: `/deployments${ID}/preview`,
    summary: 'Show what its machine gets, secrets masked',
    answer: { status: 200, schema: 'Preview' },
    problems: ['not-found'],
  },
  ...(
    [
      ['cancellation', 'Cancel it and undo what can be undone', undefined],
      ['retries', 'Try again, from the network boot or from a later phase', 'RetryRequest'],
      ['extensions', 'Give the current phase more time', 'ExtendRequest'],
      ['failures', 'Declare it failed', 'FailRequest'],
    ] as const
  ).map(([noun, summary, body]): Plain => ({
    method: 'post',
    path: `/deployments${ID}/${noun}`,
    summary,
    ...(body === undefined ? {} : { body }),
    answer: { status: 200, schema: 'DeploymentView' },
    problems: ['not-found', 'deployment-not-open', 'command-not-allowed', 'engine-unavailable'],
  })),
];

const INVENTORY: readonly Plain[] = [
  {
    method: 'get',
    path: '/machines',
    summary: 'List machines',
    query: MachineQuery,
    answer: { status: 200, schema: 'MachinePage' },
  },
  {
    method: 'post',
    path: '/machines',
    summary: 'Register a machine',
    query: CreateQuery,
    body: 'CreateMachine',
    idempotent: true,
    answer: { status: 201, schema: 'MachineView' },
    problems: ['invalid-mac', 'invalid-smbios-uuid', 'mac-already-registered'],
  },
  {
    method: 'get',
    path: `/machines${ID}`,
    summary: 'Show a machine',
    answer: { status: 200, schema: 'MachineView' },
    problems: ['not-found'],
  },
  {
    method: 'patch',
    path: `/machines${ID}`,
    summary: 'Change, register, block or unblock a machine',
    body: 'PatchMachine',
    answer: { status: 200, schema: 'MachineView' },
    problems: ['not-found', 'invalid-mac', 'mac-already-registered', 'machine-already-deploying'],
  },
  {
    method: 'delete',
    path: `/machines${ID}`,
    summary: 'Forget a machine that has no deployments',
    answer: { status: 204 },
    problems: ['not-found', 'still-in-use'],
  },
  {
    method: 'get',
    path: '/images',
    summary: 'List images',
    query: ImageQuery,
    answer: { status: 200, schema: 'ImagePage' },
  },
  {
    method: 'post',
    path: '/images',
    summary: 'Make an uploaded file installable',
    query: CreateQuery,
    body: 'CreateImage',
    idempotent: true,
    answer: { status: 201, schema: 'ImageView' },
    problems: ['invalid-settings', 'name-already-taken'],
  },
  {
    method: 'get',
    path: `/images${ID}`,
    summary: 'Show an image and what it lacks',
    answer: { status: 200, schema: 'ImageView' },
    problems: ['not-found'],
  },
  {
    method: 'patch',
    path: `/images${ID}`,
    summary: 'Rename an image',
    body: 'PatchImage',
    answer: { status: 200, schema: 'ImageView' },
    problems: ['not-found', 'name-already-taken'],
  },
  {
    method: 'delete',
    path: `/images${ID}`,
    summary: 'Delete an image that nothing names',
    answer: { status: 204 },
    problems: ['not-found', 'still-in-use'],
  },
  { method: 'get', path: '/assets', summary: 'List stored files', answer: { status: 200, schema: 'AssetList' } },
  {
    method: 'post',
    path: '/assets',
    summary: 'Upload a file',
    query: UploadQuery,
    body: { contentType: 'application/octet-stream', description: 'The file.' },
    answer: { status: 201, schema: 'AssetView' },
    problems: ['invalid-settings', 'disk-full'],
  },
  {
    method: 'delete',
    path: '/assets/{sha256}',
    summary: 'Delete a file that nothing uses',
    params: { sha256: 'The digest of the file, 64 hexadecimal digits.' },
    answer: { status: 204 },
    problems: ['not-found', 'still-in-use'],
  },
  {
    method: 'get',
    path: '/templates',
    summary: 'List templates',
    query: TemplateQuery,
    answer: { status: 200, schema: 'TemplatePage' },
  },
  {
    method: 'post',
    path: '/templates',
    summary: 'Create a template',
    body: 'CreateTemplate',
    idempotent: true,
    answer: { status: 201, schema: 'TemplateView' },
    problems: ['invalid-settings', 'name-already-taken'],
  },
  {
    method: 'get',
    path: `/templates${ID}`,
    summary: 'Show a template',
    answer: { status: 200, schema: 'TemplateView' },
    problems: ['not-found'],
  },
  {
    method: 'patch',
    path: `/templates${ID}`,
    summary: 'Change a template; deployments already made keep what they have',
    body: 'PatchTemplate',
    answer: { status: 200, schema: 'TemplateView' },
    problems: ['not-found', 'invalid-settings', 'name-already-taken'],
  },
  {
    method: 'delete',
    path: `/templates${ID}`,
    summary: 'Delete a template',
    answer: { status: 204 },
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/systems',
    summary: 'List deployed systems',
    query: SystemQuery,
    answer: { status: 200, schema: 'SystemPage' },
  },
  {
    method: 'get',
    path: `/systems${ID}`,
    summary: 'Show a system',
    answer: { status: 200, schema: 'SystemView' },
    problems: ['not-found'],
  },
  {
    method: 'delete',
    path: `/systems${ID}`,
    summary: 'Take a system out of the registry',
    answer: { status: 204 },
    problems: ['not-found', 'still-in-use'],
  },
];

const ACCESS: readonly Plain[] = [
  {
    method: 'get',
    path: '/session',
    summary: 'Show who is signed in',
    answer: { status: 200, schema: 'SessionView' },
  },
  { method: 'delete', path: '/session', summary: 'Sign out', answer: { status: 204 } },
  {
    method: 'put',
    path: '/session/password',
    summary: 'Set one’s own password; ends all other sessions',
    body: 'SetPassword',
    answer: { status: 200, schema: 'SessionView' },
    problems: ['wrong-password', 'too-many-tries'],
  },
  { method: 'get', path: '/tokens', summary: 'List API tokens', answer: { status: 200, schema: 'TokenList' } },
  {
    method: 'post',
    path: '/tokens',
    summary: 'Create an API token, shown this once',
    body: 'CreateToken',
    answer: { status: 201, schema: 'CreatedToken' },
  },
  {
    method: 'delete',
    path: `/tokens${ID}`,
    summary: 'Revoke an API token',
    answer: { status: 204 },
    problems: ['not-found'],
  },
];

const SERVICE: readonly Plain[] = [
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

/** Everything under `/api/v1`. */
export const MANAGEMENT_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/v1/session',
    tag: 'access',
    access: 'anybody',
    summary: 'Sign in by password, or with the code of a sign-in link',
    body: 'SignIn',
    answer: { status: 201, schema: 'SessionView' },
    problems: ['wrong-password', 'credential-rejected', 'too-many-tries', 'not-permitted'],
  },
  ...behindSignIn('access', ACCESS),
  ...behindSignIn('deployments', DEPLOYMENTS),
  ...behindSignIn('inventory', INVENTORY),
  ...behindSignIn('service', SERVICE),
];

function behindSignIn(tag: Operation['tag'], operations: readonly Plain[]): readonly Operation[] {
  return operations.map((operation) => ({
    ...operation,
    tag,
    access: 'session',
    path: `/api/v1${operation.path}`,
    problems: [...(operation.problems ?? []), 'not-signed-in', 'not-permitted'],
  }));
}
