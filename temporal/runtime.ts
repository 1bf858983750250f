import { DefaultLogger, Runtime } from '@temporalio/worker';
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
  Runtime.install({ shutdownSignals: [], logger: sdkLogger(log) });
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
    if (level === 'ERROR') log.error(fields, `temporal: ${message}`);
    else log.warn(fields, `temporal: ${message}`);
  });
}
