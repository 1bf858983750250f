import { DefaultLogger, Runtime, makeTelemetryFilterString } from '@temporalio/worker';
import type { LogEntry, Logger } from '@temporalio/worker';
import type { Log } from './log.ts';

let installed = false;

/**
 * Prepares the SDK's native part: our logger, and no signal handlers of its own, because the main decides in which
 * order things stop. The SDK allows this once per process, before anything else of it is used; later calls do nothing.
 */
export function installRuntime(log: Log): void {
  if (installed) return;
  installed = true;
  const logging = { filter: makeTelemetryFilterString({ core: 'WARN' }), forward: {} };
  Runtime.install({ shutdownSignals: [], logger: sdkLogger(log), telemetryOptions: { logging } });
}

/** The SDK's log lines in our log: the message, and of its fields those that say where. */
export function sdkLogger(log: Log): Logger {
  return new DefaultLogger('WARN', ({ level, message, meta }: LogEntry) => {
    const { workflowId, runId, activityType, taskQueue, error } = { ...meta } as Record<string, unknown>;
    const fields = {
      workflowId,
      runId,
      activityType,
      taskQueue,
      error: error instanceof Error ? error.message : undefined,
    };
    // One line for each call that is tried again would drown the rest while a server is away.
    if (message.startsWith('gRPC call')) log.debug(fields, `temporal: ${message}`);
    else if (level === 'ERROR') log.error(fields, `temporal: ${message}`);
    else log.warn(fields, `temporal: ${message}`);
  });
}
