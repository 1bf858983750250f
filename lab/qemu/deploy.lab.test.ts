import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labCacheDir } from '../cache-dir.ts';
import { deployInQemu } from './deploy.ts';
import { inScratch, labIsMissing } from './firmware.ts';
import { startOwnService } from './own-service.ts';

const missing = labIsMissing();
if (missing !== undefined && process.env['CI'] === 'true') throw new Error(missing);
if (missing !== undefined) console.log(`skipped: ${missing}`);

type OwnService = Awaited<ReturnType<typeof startOwnService>>;
let service: OwnService;
let tidyUp: () => void;
let tidied: Promise<void>;

beforeAll(async () => {
  if (missing !== undefined) return;
  await new Promise<void>((started, failed) => {
    tidied = inScratch(async (dataDir) => {
      service = await startOwnService({ dataDir, env: process.env });
      const end = new Promise<void>((resolve) => (tidyUp = resolve));
      started();
      await end;
      await service.stop();
    });
    tidied.catch(failed);
  });
}, 900_000);

afterAll(async () => {
  if (missing !== undefined) return;
  tidyUp();
  await tidied;
}, 60_000);

describe.skipIf(missing !== undefined)('a machine with a blank disk, on real firmware', () => {
  it('boots from the network, is installed, boots its disk, and its agent proves it', async () => {
    const {
      deployment,
      timeline,
      console: shown,
    } = await deployInQemu({
      service,
      cacheDir: labCacheDir(process.env),
      signal: new AbortController().signal,
      progress: (sentence) => {
        console.log(sentence);
      },
    });

    expect(deployment.status).toBe('succeeded');
    expect(deployment.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(deployment.checks.find(({ name }) => name === 'mac')).toMatchObject({ verdict: 'pass' });
    expect(deployment.checks.find(({ name }) => name === 'host-name')).toMatchObject({ verdict: 'pass' });
    expect(deployment.checks.find(({ name }) => name === 'leftovers')).toMatchObject({ verdict: 'pass' });
    expect(timeline.filter((kind) => kind === 'wipe.granted')).toHaveLength(1);
    expect(timeline.filter((kind) => kind === 'agent.enrolled')).toHaveLength(1);
    // Once for the installation, once to be sent to its disk.
    expect(timeline.filter((kind) => kind === 'boot.visited').length).toBeGreaterThanOrEqual(2);
    expect(shown).toMatch(/the installer has started[^]*Booting from SAN device 0x80[^]*the lab system is up as lab-/);
  });
});
