import { commandTarget } from '../../db/deployments.ts';
import type { CommandTarget } from '../../db/deployments.ts';
import { DomainError } from '../../domain/errors.ts';
import { isFinal } from '../../domain/phases.ts';
import type { Command } from '../../temporal/engine.ts';
import type { ApiDeps } from '../deps.ts';

type CommandDeps = Pick<ApiDeps, 'pool' | 'engine'>;

/**
 * Hands an operator's command to the workflow, which alone decides (D2). A deployment that is still queued is begun
 * first, since only a workflow can end it.
 */
export async function command<T>(
  { pool, engine }: CommandDeps,
  id: string,
  by: string,
  tell: (command: Command) => Promise<T>,
): Promise<T> {
  const target = await commandTarget(pool, id);
  if (isFinal(target.status)) throw new DomainError('deployment-not-open', 'This deployment has ended.');
  if (target.status === 'queued') await engine.begin(target.input);
  return tell(commandOf(target, by));
}

function commandOf(target: CommandTarget, by: string): Command {
  return { machineId: target.machineId, deploymentId: target.id, by };
}
