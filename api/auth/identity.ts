import type { RequestHandler, Response } from 'express';
import { DomainError } from '../../domain/errors.ts';
import { may } from '../../domain/roles.ts';
import type { Role } from '../../domain/roles.ts';

/** Who makes a request. */
export interface Identity {
  /** For the timeline and `createdBy`. */
  readonly name: string;
  readonly role: Role;
  /** Null for a program with a token. */
  readonly session: { readonly id: string; readonly passwordSet: boolean } | null;
}

const identities = new WeakMap<Response, Identity>();

export function rememberIdentity(res: Response, identity: Identity): void {
  identities.set(res, identity);
}

/** Who makes this request. Only behind `authenticate`; anywhere else it is a mistake of ours and says so. */
export function identityOf(res: Response): Identity {
  const identity = identities.get(res);
  if (identity === undefined) throw new Error('this route is not behind authenticate()');
  return identity;
}

/** Lets only this role, and those above it, go on. */
export function needs(role: Role): RequestHandler {
  return (_req, res, next) => {
    if (!may(identityOf(res).role, role))
      throw new DomainError(
        'not-permitted',
        `This needs the role “${role}”; you are signed in as “${identityOf(res).role}”.`,
      );
    next();
  };
}

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** Whoever may only look may not change anything, on no route, also on those that are added later. */
export const writesNeedOperator: RequestHandler = (req, res, next) => {
  if (SAFE_METHODS.includes(req.method)) next();
  else needs('operator')(req, res, next);
};
