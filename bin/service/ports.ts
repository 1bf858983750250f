import { createServer } from 'node:net';
import type { Config } from '../../config.ts';
import { StartFailure, codeOf } from './sentence.ts';

/** Looks before anything is started whether we shall be able to listen. */
export async function refuseBusyPorts({ host, port, temporal }: Config): Promise<void> {
  await tryToListen(host, port, 'OCTOFLEET_PORT');
  if (temporal.address === undefined) await tryToListen('127.0.0.1', temporal.uiPort, 'OCTOFLEET_TEMPORAL_UI_PORT');
}

async function tryToListen(host: string, port: number, variable: string): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen({ host, port, exclusive: true }, resolve);
    });
    await new Promise((resolve) => probe.close(resolve));
  } catch (error) {
    throw whyNot(error, { host, port, variable });
  }
}

export function whyNot(
  error: unknown,
  { host, port, variable }: { readonly host: string; readonly port: number; readonly variable: string },
): unknown {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new StartFailure(
        `port ${port} on ${host} is taken by another program; stop that one, or choose another port with ${variable}`,
      );
    case 'EACCES':
      return new StartFailure(
        `this user may not listen on port ${port}; choose a port from 1024 upwards with ${variable}`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartFailure(`${host} is no address of this machine; correct OCTOFLEET_HOST`);
    default:
      return error;
  }
}
