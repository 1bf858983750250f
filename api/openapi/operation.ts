import type { z } from 'zod';
import type { DomainErrorCode } from '../../domain/errors.ts';
import type { SchemaName } from './schemas.ts';

/** One documented route. `path` in the notation of OpenAPI: `/api/v1/deployments/{id}`. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly tag: 'deployments' | 'inventory' | 'access' | 'service' | 'installer' | 'agent';
  readonly summary: string;
  /** Path parameters that are not the `id` of a record. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: z.ZodObject;
  /** A JSON body, by the name of its schema; a string for a body of another type, with what it holds. */
  readonly body?: SchemaName | { readonly contentType: string; readonly description: string };
  /** Says no more than that it was done when there is no schema. */
  readonly answer: {
    readonly status: 200 | 201 | 202 | 204;
    readonly schema?: SchemaName;
    /** For an answer that is not JSON. */
    readonly text?: { readonly contentType: string; readonly description: string };
  };
  /** What it may say no with, besides what every route of its plane may. */
  readonly problems?: readonly DomainErrorCode[];
  /** May be sent with an `Idempotency-Key`. */
  readonly idempotent?: true;
  /** `session`: behind sign-in. The others carry their own credential, or need none. */
  readonly access: 'session' | 'anybody' | 'nonce' | 'attempt-token' | 'enrolment-token' | 'device-key';
}

/** A route behind sign-in; `path` without the `/api/v1` in front of all of them. */
export type SignedInOperation = Omit<Operation, 'access' | 'tag'>;
