import { createHash } from 'node:crypto';
import { z } from 'zod';
import { InstallationFailed } from './installer-run.ts';
import type { InstallerRun, Persona, Wire } from './installer-run.ts';
import { readPretendImage } from './pretend-image.ts';
import { cmdVariable, xmlText } from './settings-file.ts';

/** curl, with a JSON body that lay in a file. */
const CURL: Wire = {
  encode: (url, fields) => ({
    url,
    body: JSON.stringify(fields),
    headers: { 'content-type': 'application/json', accept: 'text/plain', 'user-agent': 'curl/8.9.1' },
  }),
};

/** WinPE's work, step by step, as the script it was started with orders it. */
export const WINDOWS_INSTALLER: Persona = {
  family: 'windows',
  wire: CURL,
  steps: [
    { name: 'preflight', seconds: 15, work: preflight },
    { name: 'partitioning', seconds: 10, work: partition },
    { name: 'downloading', seconds: 120, work: download },
    { name: 'verifying', seconds: 20, work: verify },
    { name: 'applying', seconds: 180, work: apply },
    { name: 'drivers', seconds: 15, work: async (run, seconds) => await simply(run, 'drivers', 87, seconds) },
    { name: 'customising', seconds: 10, work: customise },
    { name: 'boot-config', seconds: 10, work: async (run, seconds) => await simply(run, 'boot-config', 95, seconds) },
    { name: 'installed', seconds: 0, work: installed },
  ],
};

const BEATS = 3;

function variable(run: InstallerRun, name: string): string {
  const value = cmdVariable(run.memory.files['deploy.cmd'] ?? '', name);
  if (value === '') throw new InstallationFailed('no-settings', `deploy.cmd sets no ${name}`);
  return value;
}

async function preflight(run: InstallerRun, seconds: number): Promise<void> {
  await run.report({ step: 'preflight', status: 'started', percent: 2, message: 'WinPE is up' });
  const found = run.tools.identity.firmware === 'efi' ? 'UEFI' : 'BIOS';
  if (variable(run, 'FIRMWARE') !== found)
    throw new InstallationFailed('wrong-firmware', `started in ${found} mode, set up for ${variable(run, 'FIRMWARE')}`);
  await run.file('hardware.js');
  await run.tools.clock.wait(seconds);
  await run.sendInventory();
  await run.report({ step: 'preflight', status: 'done', percent: 2, message: `disk 0, ${found}` });
}

async function partition(run: InstallerRun, seconds: number): Promise<void> {
  await run.report({ step: 'partitioning', status: 'started', percent: 5, message: 'disk 0' });
  const layout = await run.file('diskpart.txt');
  if (!layout.startsWith('clean'))
    throw new InstallationFailed('diskpart-failed', 'diskpart.txt does not begin with a clean disk');
  await run.askWipePermit('0');
  await run.tools.clock.wait(seconds);
  await run.report({ step: 'partitioning', status: 'done', percent: 5, message: 'disk 0 is ready' });
}

async function download(run: InstallerRun, seconds: number): Promise<void> {
  const size = variable(run, 'IMAGE_SIZE');
  await run.report({ step: 'downloading', status: 'started', percent: 8, message: `${size} bytes` });
  const { byteLimit } = run.tools;
  const image = await run.download(variable(run, 'IMAGE_URL'), byteLimit);
  await beat(run, 'downloading', 8, seconds);
  // With a limit only a part was fetched, so there is nothing to compare.
  if (byteLimit === undefined && image.length !== Number(size))
    throw new InstallationFailed('image-damaged', `the image has ${image.length} bytes, not ${size}`);
  const digest = createHash('sha256').update(image).digest('hex');
  if (byteLimit === undefined && digest !== variable(run, 'IMAGE_SHA256'))
    throw new InstallationFailed('image-damaged', 'the image has another SHA-256 than the one that was stored');
  await run.learn({ os: readPretendImage(image) ?? null, imageIndex: variable(run, 'IMAGE_INDEX') });
  await run.report({ step: 'downloading', status: 'done', percent: 8, message: 'image is here' });
}

async function verify(run: InstallerRun, seconds: number): Promise<void> {
  await simply(run, 'verifying', 52, seconds);
}

async function apply(run: InstallerRun, seconds: number): Promise<void> {
  const { os, imageIndex } = run.memory.facts;
  await run.report({ step: 'applying', status: 'started', percent: 55, message: `image index ${imageIndex}` });
  await beat(run, 'applying', 55, seconds);
  if (os !== null && os.editions[imageIndex] === undefined)
    throw new InstallationFailed('apply-failed', `the image has no index ${imageIndex}`);
  await run.report({ step: 'applying', status: 'done', percent: 55, message: 'image applied' });
}

/** The answer file and the agent's settings decide what the system will be. */
async function customise(run: InstallerRun, seconds: number): Promise<void> {
  await run.report({ step: 'customising', status: 'started', percent: 90, message: 'answer file and agent' });
  await run.file('agent.ps1');
  const agent = AgentSettings.parse(JSON.parse(await run.file('agent.json')));
  await run.file('SetupComplete.cmd');
  const answers = await run.file('unattend.xml');
  const hostName = xmlText(answers, 'ComputerName');
  if (hostName === '') throw new InstallationFailed('fetch-failed', 'unattend.xml gives the computer no name');
  await run.tools.clock.wait(seconds);
  await run.learn({
    hostName,
    domain: xmlText(answers, 'JoinDomain'),
    remoteDesktop: xmlText(answers, 'fDenyTSConnections') === 'false',
    leftovers: ['C:\\Windows\\Panther\\unattend.xml'],
    serviceUrl: agent.baseUrl,
    enrolmentToken: agent.enrolmentToken,
  });
  await run.report({ step: 'customising', status: 'done', percent: 90, message: 'files are in place' });
}

const AgentSettings = z.object({ baseUrl: z.url(), enrolmentToken: z.string().min(1) });

async function installed(run: InstallerRun): Promise<void> {
  await run.uploadLog('deploy.log', 'everything went as planned\n');
  await run.report({ step: 'installed', status: 'done', percent: 100, message: 'restarting into Windows' });
}

async function simply(run: InstallerRun, step: string, percent: number, seconds: number): Promise<void> {
  await run.report({ step, status: 'started', percent });
  await run.tools.clock.wait(seconds);
  await run.report({ step, status: 'done', percent });
}

/** A long tool at work, and the sign of life that runs beside it. */
async function beat(run: InstallerRun, step: string, percent: number, seconds: number): Promise<void> {
  for (let beats = 0; beats < BEATS; beats++) {
    await run.tools.clock.wait(seconds / BEATS);
    await run.report({ step, status: 'progress', percent, message: 'still working' });
  }
}
