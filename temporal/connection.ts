import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ConnectionOptions } from '@temporalio/client';
import type { NativeConnectionOptions } from '@temporalio/worker';

/** How to reach a Temporal server; fits the client's connection and the worker's alike. */
export type TemporalConnection = Pick<ConnectionOptions & NativeConnectionOptions, 'address' | 'tls' | 'metadata'> & {
  readonly apiKey?: string;
};

/**
 * From Temporal's own variables (`TEMPORAL_ADDRESS`, `TEMPORAL_TLS…`, `TEMPORAL_API_KEY`, profiles), as its other
 * tools read them.
 */
export function connectionFromEnvironment(env: Readonly<Record<string, string | undefined>>): TemporalConnection {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined && value !== '') given[name] = value;
  return loadClientConnectConfig({ overrideEnvVars: given }).connectionOptions;
}
