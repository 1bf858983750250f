import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { identityFor } from './machine/identities.ts';
import { filling, writePretendImage } from './machine/pretend-image.ts';
import { Identified, pageOf } from './management.ts';
import type { Management } from './management.ts';

/** The demo's machine: a KVM guest with UEFI. */
export const DEMO_MACHINE = identityFor('52:54:00:d3:40:01', 'efi');

const IMAGE_NAME = 'Windows Server 2025 (simulated)';
const IMAGE = writePretendImage(
  {
    family: 'windows',
    name: 'Windows Server 2025 (simulated)',
    version: '10.0.26100',
    editions: { 1: 'ServerStandardCore', 2: 'ServerStandard', 3: 'ServerDatacenterCore', 4: 'ServerDatacenter' },
  },
  4 * 1024 * 1024,
);

/** What installs Windows, in a form that only a simulated machine starts. UEFI programs begin with `MZ`. */
const FILES: readonly { readonly role: string; readonly name: string; readonly content: Buffer }[] = [
  { role: 'image', name: 'install.wim', content: IMAGE },
  { role: 'wimboot', name: 'wimboot', content: Buffer.from('MZ pretend wimboot\n') },
  { role: 'winpe', name: 'boot.wim', content: filling(512 * 1024) },
  { role: 'winpe-curl', name: 'curl.exe', content: Buffer.from('MZ pretend curl\n') },
  { role: 'grub-localboot', name: 'localboot.efi', content: Buffer.from('MZ pretend boot loader\n') },
];

const Marked = Identified.extend({ demo: z.boolean() });
const Image = Marked.extend({ name: z.string() });
const OPEN = 'queued,running,holding';

/** Is anything here that is not the demo's own, or a demo that is over? Then there is nothing to demonstrate. */
export async function hasOtherRecords(api: Management): Promise<boolean> {
  for (const path of ['/deployments', '/machines', '/images', '/templates']) {
    const { items } = await api.get(`${path}?limit=200`, pageOf(Marked));
    if (items.some(({ demo }) => !demo)) return true;
  }
  const open = await openDemoDeployment(api);
  const { items } = await api.get('/deployments?limit=1', pageOf(Marked));
  return open === undefined && items.length > 0;
}

export async function openDemoDeployment(api: Management): Promise<string | undefined> {
  const { items } = await api.get(`/deployments?limit=200&status=${OPEN}`, pageOf(Marked));
  return items.find(({ demo }) => demo)?.id;
}

/** Makes whatever of the demo is not there yet, and its deployment. Answers with the deployment's id. */
export async function createDemo(api: Management): Promise<string> {
  for (const { role, name, content } of FILES) await api.upload(`/assets?role=${role}&name=${name}&demo=true`, content);
  const imageId = (await find(api, '/images', Image, ({ name }) => name === IMAGE_NAME)) ?? (await createImage(api));
  const machineId = (await find(api, '/machines', Marked, ({ demo }) => demo)) ?? (await createMachine(api));
  const { id } = await api.post(
    '/deployments',
    {
      machineId,
      imageId,
      hostName: 'DEMO-01',
      settings: { domain: { name: 'corp.example.com', ou: null, account: 'svc-join' } },
      secrets: { administratorPassword: randomPassword(), domainPassword: randomPassword() },
    },
    Identified,
  );
  return id;
}

async function find<T extends z.ZodType<{ id: string; demo: boolean }>>(
  api: Management,
  path: string,
  shape: T,
  wanted: (item: z.infer<T>) => boolean,
): Promise<string | undefined> {
  const { items } = await api.get(`${path}?limit=200`, pageOf(shape));
  return items.find((item) => item.demo && wanted(item))?.id;
}

async function createImage(api: Management): Promise<string> {
  const assetSha256 = createHash('sha256').update(IMAGE).digest('hex');
  const image = { kind: 'wim', name: IMAGE_NAME, assetSha256, edition: 'ServerStandard', wimIndex: 2 };
  return (await api.post('/images?demo=true', image, Identified)).id;
}

async function createMachine(api: Management): Promise<string> {
  const { mac, uuid, serial } = DEMO_MACHINE;
  const machine = { name: 'Simulated machine', macs: [mac], smbiosUuid: uuid, serial, platform: 'kvm' };
  return (await api.post('/machines?demo=true', machine, Identified)).id;
}

/** Nobody ever needs it: the system it opens does not exist. */
function randomPassword(): string {
  return `Aa1-${randomBytes(12).toString('hex')}`;
}
