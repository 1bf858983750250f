import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { tolerateStrayBytes } from '../../api/boot/stray-bytes.ts';
import { whyNot } from './ports.ts';
import type { Running } from './running.ts';

/** Answers under way get this long at a stop; live streams, which never end by themselves, are cut then. */
const GRACE_MS = 1_000;
/** For the headers of a request; a client that dribbles them is cut off. */
const HEADERS_MS = 20_000;

export async function listen(
  handler: RequestListener,
  { host, port, running }: { readonly host: string; readonly port: number; readonly running: Running },
): Promise<void> {
  // An upload of gigabytes may take as long as it takes; what reads small bodies has a time limit of its own.
  const server = createServer({ requestTimeout: 0, headersTimeout: HEADERS_MS }, handler);
  tolerateStrayBytes(server);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, resolve);
    });
  } catch (error) {
    throw whyNot(error, { host, port, variable: 'OCTOFLEET_PORT' });
  }
  await running.add('the HTTP server', async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await Promise.race([closed, sleep(GRACE_MS)]);
    server.closeAllConnections();
    await closed;
  });
}
