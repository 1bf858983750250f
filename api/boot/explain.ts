import type { z } from 'zod';
import { readBootFacts } from '../../db/boot.ts';
import { decideBoot, explainBoot } from '../../domain/boot-decision.ts';
import { parseMac } from '../../domain/identity.ts';
import type { Explanation } from '../contract/deployments.ts';
import type { ApiDeps } from '../deps.ts';

/** What a machine would be told now and why, rule by rule. Asking leaves no trace. */
export async function explainBootFor(
  { pool, engine }: Pick<ApiDeps, 'pool' | 'engine'>,
  macText: string,
): Promise<z.infer<typeof Explanation>> {
  const mac = parseMac(macText);
  const { situation } = await readBootFacts(pool, mac);
  const { server, worker } = engine.health();
  const asked = { ...situation, engineUp: server && worker };
  return { mac, ...decideBoot(asked), rules: [...explainBoot(asked)] };
}
