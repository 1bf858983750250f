import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabService } from './service-client.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
/** A first start on a machine without the engine's binary has to build it. */
const READY_WITHIN_SECONDS = 900;

/** The whole service as one process on an empty data folder, told to give machines the address that QEMU's network has for us. */
export async function startOwnService(options: {
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Promise<LabService & { readonly stop: () => Promise<void> }> {
  const [port, uiPort] = await Promise.all([freePort(), freePort()]);
  const apiToken = randomBytes(24).toString('hex');
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ['--import', 'tsx', path.join('bin', 'serve.ts')], {
    cwd: ROOT,
    env: {
      ...options.env,
      // An installation that somebody else uses must not hear of the lab.
      DATABASE_URL: '',
      TEMPORAL_ADDRESS: '',
      NODE_ENV: 'production',
      OCTOFLEET_HOST: '127.0.0.1',
      OCTOFLEET_PORT: String(port),
      OCTOFLEET_PUBLIC_URL: `http://10.0.2.2:${port}`,
      OCTOFLEET_TEMPORAL_UI_PORT: String(uiPort),
      OCTOFLEET_DATA_DIR: options.dataDir,
      OCTOFLEET_API_TOKEN: apiToken,
      OCTOFLEET_DEMO: '0',
      OCTOFLEET_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-20_000);
    });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  const until = Date.now() + READY_WITHIN_SECONDS * 1_000;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the service did not start:\n${said}`);
    if (Date.now() > until) {
      await stop();
      throw new Error(`the service was not ready after ${READY_WITHIN_SECONDS} s:\n${said}`);
    }
    await sleep(250);
  }
  return { url, apiToken, stop };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch (error) {
    // Nobody listens yet; a fetch that cannot connect throws a TypeError.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
