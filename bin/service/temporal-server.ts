import type { Log } from '../../api/log.ts';
import type { Config } from '../../config.ts';
import { connectionFromEnvironment } from '../../temporal/connection.ts';
import type { TemporalConnection } from '../../temporal/connection.ts';
import { startEmbeddedTemporal } from '../../temporal/embedded/server.ts';
import { prepareNamespace } from '../../temporal/namespace.ts';
import { secondsSince } from './database.ts';
import type { Environment } from './environment.ts';
import type { Running } from './running.ts';

export interface TemporalServer {
  readonly connection: TemporalConnection;
  /** Its web interface, if anybody told us where it is. */
  readonly uiUrl: string | undefined;
}

const NOT_PREPARED =
  'the namespace could not be prepared; ask its owner for the namespace and four search attributes (docs/production.md)';

/** The configured Temporal, else our own. */
export async function openTemporal(
  config: Config,
  {
    env,
    log,
    running,
    say,
  }: {
    readonly env: Environment;
    readonly log: Log;
    readonly running: Running;
    readonly say: (sentence: string) => void;
  },
): Promise<TemporalServer> {
  const { temporal, dataDir, cacheDir } = config;
  if (temporal.address !== undefined) {
    const connection = connectionFromEnvironment(env);
    const stopping = new AbortController();
    const { signal } = stopping;
    await running.add('the preparation of the namespace', () => stopping.abort());
    // Not waited for: a server that is away now is a reason to begin later, not to stay down.
    prepareNamespace({ connection, namespace: temporal.namespace, ours: false, signal }).catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error, namespace: temporal.namespace }, NOT_PREPARED);
    });
    return { connection, uiUrl: temporal.uiUrl };
  }
  const started = performance.now();
  const server = await startEmbeddedTemporal({
    dataDir,
    cacheDir,
    env,
    cliPath: temporal.cliPath,
    namespace: temporal.namespace,
    uiPort: temporal.uiPort,
    onProgress: say,
    onLog: (line) => log.debug({ line }, 'temporal server'),
    onTrouble: (sentence) => log.warn({}, sentence),
  });
  await running.add('Temporal', () => server.stop());
  say(`Temporal ${server.serverVersion} is up (${secondsSince(started)} s).`);
  return { connection: { address: server.address }, uiUrl: temporal.uiUrl ?? server.uiUrl };
}
