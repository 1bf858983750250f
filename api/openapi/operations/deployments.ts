import { ActivityQuery, DeploymentQuery } from '../../contract/deployments.ts';
import type { SignedInOperation } from '../operation.ts';

const ID = '/{id}';

/** Deployments and what is done to them. */
export const DEPLOYMENT_OPERATIONS: readonly SignedInOperation[] = [
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
  ).map(([noun, summary, body]): SignedInOperation => ({
    method: 'post',
    path: `/deployments${ID}/${noun}`,
    summary,
    ...(body === undefined ? {} : { body }),
    answer: { status: 200, schema: 'DeploymentView' },
    problems: ['not-found', 'deployment-not-open', 'command-not-allowed', 'engine-unavailable'],
  })),
];
