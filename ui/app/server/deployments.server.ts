import { z } from 'zod';
import {
  ActivityPage,
  DeploymentPage,
  DeploymentView,
  Explanation,
  Preview,
} from '../../../api/contract/deployments.ts';
import { OverviewCounts } from '../../../api/contract/inventory.ts';
import { read, write } from '../api-client.server.ts';
import type { Asking, Query } from '../api-client.server.ts';

const Created = z.object({ id: z.uuid() });

const path = (id: string, action = '') => `/deployments/${encodeURIComponent(id)}${action}`;

export const readOverview = (asking: Asking): Promise<z.infer<typeof OverviewCounts>> =>
  read(asking, '/overview', OverviewCounts);

export const listDeployments = (asking: Asking, query: Query): Promise<z.infer<typeof DeploymentPage>> =>
  read(asking, '/deployments', DeploymentPage, query);

export const readDeployment = (asking: Asking, id: string): Promise<DeploymentView> =>
  read(asking, path(id), DeploymentView);

export const readActivity = (asking: Asking, id: string, query: Query): Promise<z.infer<typeof ActivityPage>> =>
  read(asking, path(id, '/activity'), ActivityPage, query);

export const readFiles = (asking: Asking, id: string): Promise<Preview> => read(asking, path(id, '/preview'), Preview);

export const explainBoot = (asking: Asking, mac: string): Promise<z.infer<typeof Explanation>> =>
  read(asking, '/boot/explain', Explanation, { mac });

export async function createDeployment(asking: Asking, body: unknown, idempotencyKey: string): Promise<string> {
  const response = await write(asking, 'POST', '/deployments', { body, idempotencyKey });
  return Created.parse(await response.json()).id;
}

/** What the machine would get for a request that is not made yet. */
export async function previewDeployment(asking: Asking, body: unknown): Promise<Preview> {
  const response = await write(asking, 'POST', '/deployments/preview', { body });
  return Preview.parse(await response.json());
}

export async function retryDeployment(asking: Asking, id: string, from: string | null): Promise<void> {
  await write(asking, 'POST', path(id, '/retries'), { body: { from } });
}

export async function extendDeployment(asking: Asking, id: string, minutes: string): Promise<void> {
  await write(asking, 'POST', path(id, '/extensions'), { body: { minutes } });
}

export async function cancelDeployment(asking: Asking, id: string): Promise<void> {
  await write(asking, 'POST', path(id, '/cancellation'), { body: {} });
}

export async function failDeployment(asking: Asking, id: string, reason: string): Promise<void> {
  await write(asking, 'POST', path(id, '/failures'), { body: { reason } });
}

export async function deleteDeployment(asking: Asking, id: string): Promise<void> {
  await write(asking, 'DELETE', path(id));
}

export async function removeDemo(asking: Asking): Promise<void> {
  await write(asking, 'DELETE', '/demo');
}
