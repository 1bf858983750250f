import type { SignedInOperation } from '../operation.ts';

/** Sessions and tokens, for whoever is signed in already. */
export const ACCESS_OPERATIONS: readonly SignedInOperation[] = [
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
    path: '/tokens/{id}',
    summary: 'Revoke an API token',
    answer: { status: 204 },
    problems: ['not-found'],
  },
];
