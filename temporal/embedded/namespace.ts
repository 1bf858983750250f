import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

const RETENTION = '30 days';
const KEYWORDS = ['DeployStatus', 'DeployPhase', 'DeploymentId', 'MachineId'] as const;
/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's protocol. */
const KEYWORD = 2;
/** Codes of gRPC. */
const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;

/**
 * Waits until the server answers and has our namespace as we need it: 30 days of retention, our search attributes.
 * Flags of the server do that for a new database file only, so it is asked for over gRPC, each time.
 */
export async function prepareNamespace(address: string, namespace: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const connection = await Connection.connect({ address, connectTimeout: '2 seconds' }).catch(() => undefined);
    try {
      if (connection !== undefined) {
        await connection.withDeadline(Date.now() + 20_000, () => prepare(connection, namespace, signal));
        return;
      }
    } finally {
      await connection?.close();
    }
    await sleep(100, undefined, { signal });
  }
}

async function prepare(connection: Connection, namespace: string, signal: AbortSignal): Promise<void> {
  await makeNamespace(connection, namespace);
  // The services inside learn of a new namespace one after the other.
  await untilKnown(signal, () => connection.workflowService.describeNamespace({ namespace }));
  const { customAttributes } = await untilKnown(signal, () =>
    connection.operatorService.listSearchAttributes({ namespace }),
  );
  const missing = KEYWORDS.filter((name) => !Object.hasOwn(customAttributes, name));
  if (missing.length > 0) {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])),
    });
  }
  await untilKnown(signal, () =>
    connection.workflowService.listWorkflowExecutions({ namespace, query: `DeploymentId = 'none'`, pageSize: 1 }),
  );
}

async function makeNamespace({ workflowService }: Connection, namespace: string): Promise<void> {
  const retention = msToTs(RETENTION);
  try {
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: retention });
  } catch (error) {
    if (grpcCode(error) !== ALREADY_EXISTS) throw error;
    await workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl: retention } });
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
