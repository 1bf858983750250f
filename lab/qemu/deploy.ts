import { randomBytes, randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildLabImage } from '../linux/build-image.ts';
import { buildLinuxInstaller } from '../linux/build-installer.ts';
import { firstScript, inScratch, ipxeKernel, put } from './firmware.ts';
import { QemuMachine } from './machine.ts';
import { ServiceClient } from './service-client.ts';
import type { LabDeployment, LabService } from './service-client.ts';

/** Where the deployment was, and when it got there, in seconds after the machine was switched on. */
export interface Moment {
  readonly seconds: number;
  readonly words: string;
}

export interface LabResult {
  readonly deployment: LabDeployment;
  readonly moments: readonly Moment[];
  /** Kinds of events in the deployment's timeline, oldest first. */
  readonly timeline: readonly string[];
  readonly console: string;
}

/** Four times what a busy two-core machine needed. */
const DEADLINE_SECONDS = 480;
const DISK_BYTES = 64 * 1024 * 1024;

/**
 * The main job on real firmware: a machine with a blank disk boots from the network, is installed, boots its disk, and its
 * agent proves it. Ends when the deployment has; a machine that is held or fails is an error with the end of its console.
 */
export async function deployInQemu(options: {
  readonly service: LabService;
  readonly cacheDir: string;
  readonly progress: (sentence: string) => void;
  /** Gives up at once, and tidies up. */
  readonly signal: AbortSignal;
}): Promise<LabResult> {
  const { service, cacheDir, progress, signal } = options;
  const client = new ServiceClient(service);
  const guestUrl = `http://10.0.2.2:${new URL(service.url).port || '80'}`;
  if (!(await client.firstStage()).includes(`${guestUrl}/`))
    throw new Error(`The service gives machines another address. Start it with OCTOFLEET_PUBLIC_URL=${guestUrl}`);

  const imageId = await stock(client, cacheDir, progress);
  const mac = `52:54:00:${(randomBytes(3).toString('hex').match(/../g) ?? []).join(':')}`;
  const id = await client.deploy({ mac, imageId, hostName: `lab-${mac.slice(9).replaceAll(':', '')}` });
  progress(`Deployment ${id}: switching on a machine with the address ${mac} and a blank disk …`);

  const ipxe = await ipxeKernel(cacheDir);
  return inScratch(async (dir) => {
    const disk = path.join(dir, 'disk.img');
    const blank = await open(disk, 'w');
    await blank.truncate(DISK_BYTES);
    await blank.close();
    const machine = await QemuMachine.start({
      boot: {
        kind: 'bios',
        kernel: ipxe,
        initrd: await put(dir, 'first.ipxe', firstScript(`${guestUrl}/boot.ipxe`)),
      },
      mac,
      disks: [disk],
      smbios: { uuid: randomUUID(), manufacturer: 'Octofleet', product: 'Lab machine', serial: `LAB-${mac.slice(9)}` },
      memoryMiB: 512,
    });
    try {
      const { deployment, moments } = await follow({ client, id, machine, progress, signal });
      return { deployment, moments, timeline: await client.timeline(id), console: machine.console };
    } finally {
      await machine.stop();
    }
  });
}

/** Brings the installer and the image into the service; what it has already is not stored twice. */
async function stock(client: ServiceClient, cacheDir: string, progress: (sentence: string) => void): Promise<string> {
  const installer = await buildLinuxInstaller({ cacheDir, hardware: 'virtual', progress });
  const { image, diskSize } = await buildLabImage({ cacheDir, progress });
  progress('Uploading the installer and the image …');
  await client.upload('linux-kernel', installer.kernel);
  await client.upload('linux-initrd', installer.initrd);
  await client.upload('grub-localboot', installer.grubLocalboot);
  await client.upload('image', image);
  return client.image(image, diskSize);
}

async function follow(options: {
  readonly client: ServiceClient;
  readonly id: string;
  readonly machine: QemuMachine;
  readonly progress: (sentence: string) => void;
  readonly signal: AbortSignal;
}): Promise<{ readonly deployment: LabDeployment; readonly moments: readonly Moment[] }> {
  const { client, id, machine, progress, signal } = options;
  const began = Date.now();
  const moments: Moment[] = [];
  for (;;) {
    const deployment = await client.deployment(id);
    const seconds = (Date.now() - began) / 1_000;
    const { status, phase, step, hold } = deployment;
    const words = [status, phase, step].filter((word) => word !== '').join(' · ');
    if (words !== moments.at(-1)?.words) {
      moments.push({ seconds, words });
      progress(`${seconds.toFixed(1).padStart(6)} s  ${words}`);
    }
    if (status === 'succeeded') return { deployment, moments };
    const why =
      status === 'queued' || status === 'running'
        ? seconds > DEADLINE_SECONDS && `not done after ${DEADLINE_SECONDS} s`
        : `${status}: ${hold?.reason ?? ''} ${hold?.message ?? ''}`;
    if (why !== false) throw new Error(`The deployment ended as ${why}\n${machine.console.slice(-6_000)}`);
    await sleep(500, undefined, { signal });
  }
}
