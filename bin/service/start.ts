import path from 'node:path';
import { closeStreams, createApp } from '../../api/app.ts';
import { openAssetStore } from '../../api/assets/asset-store.ts';
import { mintSignInLink, needsSignInLink } from '../../api/auth/sign-in-link.ts';
import { startHousekeeping } from '../../api/housekeeping.ts';
import type { Log } from '../../api/log.ts';
import type { Config } from '../../config.ts';
import { startTemporalService } from '../../temporal/service.ts';
import { createUiHandler } from '../../ui/server.ts';
import { openDataDir, openKeyring, openCliAccess } from './data-dir.ts';
import { openDatabase } from './database.ts';
import { accompanyDemo } from './demo.ts';
import type { Environment } from './environment.ts';
import { startHeartbeat } from './heartbeat.ts';
import { listen } from './listen.ts';
import { refuseBusyPorts } from './ports.ts';
import type { Running } from './running.ts';
import { openTemporal } from './temporal-server.ts';
import { welcome } from './welcome.ts';

export interface StartContext {
  readonly config: Config;
  readonly env: Environment;
  readonly log: Log;
  /** Learns of each part as it comes up, so that whatever happens next, all of it is stopped. */
  readonly running: Running;
  /** A sentence for the person at the terminal. */
  readonly say: (sentence: string) => void;
}

/** Brings the service up, bottom first. When it resolves, everything answers. */
export async function startService({ config, env, log, running, say }: StartContext): Promise<void> {
  const { dataDir, role } = config;
  const unlock = await openDataDir(dataDir);
  await running.add('the lock on the data directory', unlock);
  if (role !== 'worker') await refuseBusyPorts(config);

  const pool = await openDatabase({ databaseUrl: config.databaseUrl, dataDir, log, running, say });
  const keyring = await openKeyring(dataDir, config.masterKey);
  const temporal = await openTemporal(config, { env, log, running, say });
  const { namespace } = config.temporal;
  const { connection } = temporal;
  const engine = await startTemporalService({
    connection,
    namespace,
    pool,
    keyring,
    log,
    role,
    cacheDir: config.cacheDir,
  });
  await running.add('the worker and the relay', () => engine.stop());
  if (role === 'worker') {
    await running.add(
      'the sign of life',
      startHeartbeat(dataDir, () => engine.workerAlive(), log),
    );
    say('The worker is up.');
    return;
  }

  const housekeeping = startHousekeeping({ pool, log });
  await running.add('housekeeping', () => housekeeping.stop());
  const cliToken = await openCliAccess(dataDir, config.localUrl, running);
  const app = createApp({
    pool,
    keyring,
    engine: engine.engine,
    assets: await openAssetStore({ dir: path.join(dataDir, 'assets') }),
    log,
    publicUrl: config.publicUrl,
    apiToken: config.apiToken === undefined ? [cliToken] : [cliToken, config.apiToken],
    temporalUi: temporal.uiUrl === undefined ? null : { url: temporal.uiUrl, namespace },
    drift: () => engine.drift(),
    ui: await createUiHandler({ apiUrl: config.localUrl, publicUrl: config.publicUrl, log }),
  });
  await listen(app, { host: config.host, port: config.port, running });
  await running.add('the live streams', () => closeStreams(app));

  const signInLink = (await needsSignInLink({ pool }))
    ? await mintSignInLink({ pool, publicUrl: config.publicUrl })
    : null;
  say(welcome({ config, temporalUiUrl: temporal.uiUrl, signInLink }));
  if (config.demo) {
    await accompanyDemo({ baseUrl: config.localUrl, apiToken: cliToken, dataDir, running, log, say });
  }
}
