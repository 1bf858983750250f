import { z } from 'zod';
import { ROLES } from '../../domain/roles.ts';
import { Id, Instant, Line, Name } from './common.ts';

/** `POST /api/v1/session`: by password, or with the one-time code of the sign-in link. Sets the session cookie. */
export const SignIn = z.union([
  z.strictObject({ name: Line(64).default('admin'), password: z.string().min(1).max(256) }),
  z.strictObject({ code: z.string().min(16).max(256) }),
]);

/** Who is signed in. `passwordSet` is false while the one-time link was the only way in so far. */
export const SessionView = z.object({ name: z.string(), role: z.enum(ROLES), passwordSet: z.boolean() });
export type SessionView = z.infer<typeof SessionView>;

/** `PUT /api/v1/session/password`. The current one is asked for once there is one. */
export const SetPassword = z.strictObject({
  current: z.string().max(256).default(''),
  password: z.string().min(10, 'at least 10 characters').max(256),
});

export const CreateToken = z.strictObject({
  name: Name(100),
  /** Days until it expires; null for never. */
  days: z.number().int().min(1).max(3_650).nullable().default(365),
});
/** The only answer that ever holds the token itself. */
export const CreatedToken = z.object({ id: Id, name: z.string(), token: z.string(), expiresAt: Instant.nullable() });
export const TokenView = z.object({
  id: Id,
  name: z.string(),
  hint: z.string(),
  createdAt: Instant,
  expiresAt: Instant.nullable(),
  lastUsedAt: Instant.nullable(),
});
export type TokenView = z.infer<typeof TokenView>;
export const TokenList = z.object({ items: z.array(TokenView) });

/** `GET /healthz`: the process lives. */
export const Alive = z.object({ status: z.literal('alive') });

/** `GET /readyz`: 200 when every part answers, else 503 with the same body. */
export const Readiness = z.object({
  ready: z.boolean(),
  parts: z.object({
    database: z.object({ up: z.boolean(), detail: z.string() }),
    engine: z.object({ up: z.boolean(), detail: z.string() }),
    worker: z.object({ up: z.boolean(), detail: z.string() }),
  }),
});
export type Readiness = z.infer<typeof Readiness>;

/*
 * `GET /api/v1/stream` (server-sent events). `id` is a cursor, to be sent back as `Last-Event-ID` or `?after=`.
 * Events: `deployment` with a DeploymentRow; `activity` with {deploymentId}; `machine`, `image`, `template`, `system`
 * with {id}; `removed` with {topic, id}; `reset` when the cursor is too old and the page must read again.
 */
export const StreamQuery = z.object({ after: z.string().max(64).exactOptional() });
