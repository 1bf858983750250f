import { randomBytes } from 'node:crypto';
import { Router } from 'express';
import { insertApiToken, listApiTokens, revokeApiToken } from '../../db/tokens.ts';
import { DomainError } from '../../domain/errors.ts';
import { digest } from '../../keyring.ts';
import { identityOf, needs } from '../auth/identity.ts';
import { CreateToken } from '../contract/access.ts';
import type { CreatedToken, TokenView } from '../contract/access.ts';
import { IdParams } from '../contract/common.ts';
import type { z } from 'zod';
import type { ApiDeps } from '../deps.ts';

/** So much of a token is kept readable that people can tell theirs apart. */
const HINT_LENGTH = 9;

/** API tokens of programs. Shown once, kept as a digest. */
export function tokenRoutes({ pool }: Pick<ApiDeps, 'pool'>): Router {
  const router = Router();

  router.get('/tokens', needs('administrator'), async (_req, res) => {
    const tokens = await listApiTokens(pool);
    const items = tokens.map((token): TokenView => ({
      ...token,
      createdAt: token.createdAt.toISOString(),
      expiresAt: token.expiresAt?.toISOString() ?? null,
      lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    }));
    res.json({ items });
  });

  router.post('/tokens', needs('administrator'), async (req, res) => {
    const { name, days } = CreateToken.parse(req.body);
    const { name: by, session } = identityOf(res);
    const token = `octo_${randomBytes(32).toString('base64url')}`;
    const { id, expiresAt } = await insertApiToken(pool, {
      name,
      hash: digest(token),
      hint: token.slice(0, HINT_LENGTH),
      userName: session === null ? null : by,
      days,
    });
    res
      .status(201)
      .json({ id, name, token, expiresAt: expiresAt?.toISOString() ?? null } satisfies z.infer<typeof CreatedToken>);
  });

  router.delete('/tokens/:id', needs('administrator'), async (req, res) => {
    const { id } = IdParams.parse(req.params);
    if (!(await revokeApiToken(pool, id))) throw new DomainError('not-found', `There is no token ${id}.`);
    res.status(204).end();
  });

  return router;
}
