/** A management or operations route that answers without a session or token, and why it may. */
export interface PublicRoute {
  readonly method: string;
  readonly path: string;
  readonly reason: string;
}

/** Every one there is. A test walks through the mounted routes: what is not in here answers 401. */
export const PUBLIC_ROUTES: readonly PublicRoute[] = [
  {
    method: 'POST',
    path: '/api/v1/session',
    reason: 'It is the sign-in: it takes a password or a one-time code, and is throttled.',
  },
  { method: 'GET', path: '/healthz', reason: 'Supervisors have no account; it tells only that the process lives.' },
  {
    method: 'GET',
    path: '/readyz',
    reason: 'Load balancers have no account; it tells up or down of three parts, no addresses and no versions.',
  },
  {
    method: 'GET',
    path: '/metrics',
    reason: 'Monitoring has no account; it tells counts and the load of the process, no name of anything.',
  },
  { method: 'GET', path: '/openapi.json', reason: 'It describes the program, which is public, and holds no data.' },
];
