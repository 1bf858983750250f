import type { Operation, SignedInOperation } from './operation.ts';
import { ACCESS_OPERATIONS } from './operations/access.ts';
import { DEPLOYMENT_OPERATIONS } from './operations/deployments.ts';
import { INVENTORY_OPERATIONS } from './operations/inventory.ts';
import { SERVICE_OPERATIONS } from './operations/service.ts';

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
  ...behindSignIn('access', ACCESS_OPERATIONS),
  ...behindSignIn('deployments', DEPLOYMENT_OPERATIONS),
  ...behindSignIn('inventory', INVENTORY_OPERATIONS),
  ...behindSignIn('service', SERVICE_OPERATIONS),
];

function behindSignIn(tag: Operation['tag'], operations: readonly SignedInOperation[]): readonly Operation[] {
  return operations.map((operation) => ({
    ...operation,
    tag,
    access: 'session',
    path: `/api/v1${operation.path}`,
    problems: [...(operation.problems ?? []), 'not-signed-in', 'not-permitted'],
  }));
}
