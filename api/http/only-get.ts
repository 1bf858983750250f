import type { RequestHandler } from 'express';
import { RequestError } from '../problem.ts';

/** Behind a route that is only read: any other method is told so here, and reaches no page. */
export const onlyGet: RequestHandler = (_req, res) => {
  res.set('Allow', 'GET, HEAD');
  throw new RequestError(405, 'This address answers GET and HEAD.');
};
