import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { loadConfig } from '../config.ts';
import { freePort } from '../temporal/embedded/ports.ts';
import { startEmbeddedTemporal } from '../temporal/embedded/server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** `host:port` of a Temporal server. */
    temporalAddress: string;
    /** A namespace on it with our search attributes. */
    temporalNamespace: string;
  }
}

const NAMESPACE = 'octofleet';

/** One real Temporal server for the whole run: `TEST_TEMPORAL_ADDRESS`, else the embedded one in a folder of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide('temporalNamespace', NAMESPACE);
  const given = process.env['TEST_TEMPORAL_ADDRESS'];
  if (given !== undefined) {
    project.provide('temporalAddress', given);
    return async () => undefined;
  }
  const { cacheDir, temporal } = loadConfig(process.env);
  const dataDir = await mkdtemp(path.join(tmpdir(), 'octofleet-test-temporal-'));
  const server = await startEmbeddedTemporal({
    dataDir,
    namespace: NAMESPACE,
    uiPort: await freePort(),
    cliPath: temporal.cliPath,
    cacheDir,
    env: { HOME: homedir(), ...process.env },
    onProgress: (sentence) => process.stdout.write(`${sentence}\n`),
    onLog: () => undefined,
  });
  project.provide('temporalAddress', server.address);
  return async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
