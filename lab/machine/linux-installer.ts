import { createHash } from 'node:crypto';
import { InstallationFailed } from './installer-run.ts';
import type { InstallerRun, Persona, Wire } from './installer-run.ts';
import { readPretendImage } from './pretend-image.ts';
import { setting } from './settings-file.ts';

/** busybox `wget`: a form, without a word on what it accepts beyond text. */
const BUSYBOX: Wire = {
  encode: (url, fields) => ({
    url,
    body: form(fields),
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/plain', 'user-agent': 'Wget' },
  }),
};

function form(fields: Readonly<Record<string, string | number>>): string {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) body.set(name, String(value));
  return body.toString();
}

const DOWNLOAD_SLICES = [0, 20, 40, 60, 80, 99];

/** The Linux installer's work, step by step, as its own script orders it. */
export const LINUX_INSTALLER: Persona = {
  family: 'linux',
  wire: BUSYBOX,
  steps: [
    { name: 'preflight', seconds: 8, work: preflight },
    { name: 'partitioning', seconds: 5, work: async (run) => await run.askWipePermit('/dev/vda') },
    { name: 'downloading', seconds: 150, work: download },
    { name: 'customising', seconds: 8, work: customise },
    {
      name: 'installed',
      seconds: 2,
      work: async (run) => await run.report({ step: 'installed', status: 'done', percent: 100 }),
    },
  ],
};

async function preflight(run: InstallerRun, seconds: number): Promise<void> {
  await run.tools.clock.wait(seconds);
  await run.sendInventory();
  await run.report({ step: 'preflight', status: 'started' });
  const settings = await run.file('install.conf');
  await run.keep('install.conf', settings);
  for (const name of ['IMAGE_URL', 'IMAGE_SHA256', 'IMAGE_DISK_SIZE'])
    if (setting(settings, name) === '') throw new InstallationFailed('no-settings', `install.conf has no ${name}`);
  await run.report({ step: 'preflight', status: 'done', message: '/dev/vda, 8000 MB' });
}

async function download(run: InstallerRun, seconds: number): Promise<void> {
  const settings = run.memory.files['install.conf'] ?? '';
  await run.report({ step: 'downloading', status: 'started', percent: 0 });
  const { byteLimit } = run.tools;
  const image = await run.download(setting(settings, 'IMAGE_URL'), byteLimit);
  for (const percent of DOWNLOAD_SLICES) {
    await run.tools.clock.wait(seconds / DOWNLOAD_SLICES.length);
    await run.report({ step: 'downloading', status: 'progress', percent });
  }
  await run.report({ step: 'verifying', status: 'started' });
  const digest = createHash('sha256').update(image).digest('hex');
  // With a limit only a part was fetched, so there is nothing to compare.
  if (byteLimit === undefined && digest !== setting(settings, 'IMAGE_SHA256'))
    throw new InstallationFailed('image-not-written', `what arrived is not the image: SHA-256 ${digest}`);
  await run.report({ step: 'verifying', status: 'done' });
  await run.learn({ os: readPretendImage(image) ?? null });
}

async function customise(run: InstallerRun): Promise<void> {
  await run.report({ step: 'customising', status: 'started' });
  const metaData = await run.file('meta-data');
  await run.file('user-data');
  await run.file('agent.sh');
  const agent = await run.file('agent.conf');
  const hostName = /^local-hostname:\s*["']?([^"'\s]+)/m.exec(metaData)?.[1] ?? '';
  if (hostName !== setting(run.memory.files['install.conf'] ?? '', 'HOST_NAME'))
    throw new InstallationFailed('no-seed', `meta-data and install.conf disagree about the host name (${hostName})`);
  await run.learn({
    hostName,
    serviceUrl: setting(agent, 'OCTOFLEET_URL'),
    enrolmentToken: setting(agent, 'OCTOFLEET_TOKEN'),
  });
  await run.report({ step: 'customising', status: 'done' });
}
