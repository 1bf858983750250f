import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { TemporalConnection } from './connection.ts';

const RETENTION = '30 days';
const KEYWORDS = ['DeployStatus', 'DeployPhase', 'DeploymentId', 'MachineId'] as const;
/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's protocol. */
const KEYWORD = 2;
/** Codes of gRPC. */
const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;

export interface NamespaceNeeds {
  readonly connection: TemporalConnection;
  readonly namespace: string;
  /** The server is ours alone: the retention of an existing namespace is set, too. Elsewhere it stays as its owner chose. */
  readonly ours: boolean;
  readonly signal: AbortSignal;
}

/**
 * Waits until the server answers and has our namespace as we need it: 30 days of retention, our search attributes.
 * Flags of the server do that for a new database file only, so it is asked for over gRPC, each time. Rejects when the
 * server says that it may not be done.
 */
export async function prepareNamespace(needs: NamespaceNeeds): Promise<void> {
  const { signal } = needs;
  for (;;) {
    signal.throwIfAborted();
    const connection = await Connection.connect({ ...needs.connection, connectTimeout: '2 seconds' }).catch(
      () => undefined,
    );
    try {
      if (connection !== undefined) {
        await connection.withDeadline(Date.now() + 20_000, () => prepare(connection, needs));
        return;
      }
    } finally {
      await connection?.close();
    }
    await sleep(100, undefined, { signal });
  }
}

async function prepare(connection: Connection, { namespace, ours, signal }: NamespaceNeeds): Promise<void> {
  await makeNamespace(connection, namespace, ours);
  // The services inside learn of a new namespace one after the other.
  await untilKnown(signal, () => connection.workflowService.describeNamespace({ namespace }));
  const { customAttributes } = await untilKnown(signal, () =>
    connection.operatorService.listSearchAttributes({ namespace }),
  );
  const missing = KEYWORDS.filter((name) => !Object.hasOwn(customAttributes, name));
  if (missing.length > 0) await addKeywords(connection, namespace, missing);
  await untilKnown(signal, () =>
    connection.workflowService.listWorkflowExecutions({ namespace, query: `DeploymentId = 'none'`, pageSize: 1 }),
  );
}

async function makeNamespace({ workflowService }: Connection, namespace: string, ours: boolean): Promise<void> {
  const retention = msToTs(RETENTION);
  if (!ours && (await isThere({ workflowService }, namespace))) return;
  try {
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: retention });
  } catch (error) {
    if (grpcCode(error) !== ALREADY_EXISTS) throw error;
    if (ours)
      await workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl: retention } });
  }
}

async function isThere({ workflowService }: Pick<Connection, 'workflowService'>, namespace: string): Promise<boolean> {
  try {
    await workflowService.describeNamespace({ namespace });
    return true;
  } catch (error) {
    if (grpcCode(error) !== NOT_FOUND) throw error;
    return false;
  }
}

/** Two of our processes may do it at once; the second finds them there. */
async function addKeywords(
  { operatorService }: Connection,
  namespace: string,
  names: readonly string[],
): Promise<void> {
  try {
    await operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(names.map((name) => [name, KEYWORD])),
    });
  } catch (error) {
    if (grpcCode(error) !== ALREADY_EXISTS) throw error;
  }
}

async function untilKnown<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const code = grpcCode(error);
      if (code !== NOT_FOUND && code !== INVALID_ARGUMENT) throw error;
    }
    await sleep(100, undefined, { signal });
  }
}

function grpcCode(error: unknown): number | undefined {
  return isGrpcServiceError(error) ? error.code : undefined;
}
