import { labCacheDir } from './cache-dir.ts';
import { deployInQemu } from './qemu/deploy.ts';
import { inScratch, labIsMissing } from './qemu/firmware.ts';
import { startOwnService } from './qemu/own-service.ts';
import type { LabService } from './qemu/service-client.ts';

/*
 * `npm run lab`: blank disk to `succeeded` on real firmware. Uses the service at OCTOFLEET_URL with OCTOFLEET_API_TOKEN, else
 * one of its own that is gone afterwards.
 */

const stopped = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => stopped.abort(new Error(`stopped by ${name}`)));

async function main(env: Readonly<Record<string, string | undefined>>): Promise<number> {
  const missing = labIsMissing();
  if (missing !== undefined) {
    console.error(missing);
    return 1;
  }
  const url = env['OCTOFLEET_URL'];
  if (url === undefined || url === '') return inScratch((dataDir) => withOwnService(dataDir, env));
  const apiToken = env['OCTOFLEET_API_TOKEN'];
  if (apiToken === undefined || apiToken === '') {
    console.error('OCTOFLEET_URL is set, so OCTOFLEET_API_TOKEN has to be set too.');
    return 1;
  }
  return deploy({ url: url.replace(/\/+$/, ''), apiToken }, env);
}

async function withOwnService(dataDir: string, env: Readonly<Record<string, string | undefined>>): Promise<number> {
  console.log('Starting a service of the lab’s own …');
  const service = await startOwnService({ dataDir, env });
  try {
    return await deploy(service, env);
  } finally {
    await service.stop();
  }
}

async function deploy(service: LabService, env: Readonly<Record<string, string | undefined>>): Promise<number> {
  const { deployment, moments } = await deployInQemu({
    service,
    cacheDir: labCacheDir(env),
    signal: stopped.signal,
    progress: (sentence) => {
      console.log(sentence);
    },
  });
  console.log('\nWhat the agent proved:');
  for (const { name, verdict, found } of deployment.checks)
    console.log(`  ${verdict.padEnd(5)} ${name.padEnd(15)} ${found}`);
  console.log(`\nFrom a blank disk to ${deployment.status} in ${(moments.at(-1)?.seconds ?? 0).toFixed(0)} s.`);
  return 0;
}

try {
  process.exitCode = await main(process.env);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
