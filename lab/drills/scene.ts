import { createHash } from 'node:crypto';
import { z } from 'zod';
import { identityFor, macAfter } from '../machine/identities.ts';
import type { Identity } from '../machine/ipxe/settings.ts';
import { filling, writePretendImage } from '../machine/pretend-image.ts';
import { Identified, managementAt } from '../management.ts';
import type { Management } from '../management.ts';
import { eventually } from './eventually.ts';
import type { House } from './house.ts';

const IMAGE = writePretendImage(
  { family: 'windows', name: 'Windows Server 2025', version: '10.0.26100', editions: { 1: 'ServerStandard' } },
  64 * 1024,
);
const FILES: readonly (readonly [role: string, name: string, content: Buffer])[] = [
  ['image', 'install.wim', IMAGE],
  ['wimboot', 'wimboot', Buffer.from('MZ wimboot')],
  ['winpe', 'boot.wim', filling(32 * 1024)],
  ['winpe-curl', 'curl.exe', Buffer.from('MZ curl')],
  ['grub-localboot', 'localboot.efi', Buffer.from('MZ loader')],
];

const Deployment = z.object({
  id: z.string(),
  status: z.string(),
  phase: z.string(),
  attempt: z.number(),
  hold: z.object({ reason: z.string(), message: z.string() }).nullable(),
});
export type Deployment = z.infer<typeof Deployment>;

/** A house with an image in it, and what a test does with deployments there. */
export class Scene {
  readonly api: Management;
  readonly #imageId: string;
  #machines = 0;

  private constructor(api: Management, imageId: string) {
    this.api = api;
    this.#imageId = imageId;
  }

  static async in(house: House, signal: AbortSignal): Promise<Scene> {
    const api = managementAt({ baseUrl: house.url, apiToken: house.apiToken, signal });
    for (const [role, name, content] of FILES) await api.upload(`/assets?role=${role}&name=${name}`, content);
    const assetSha256 = createHash('sha256').update(IMAGE).digest('hex');
    const image = { kind: 'wim', name: 'Windows', assetSha256, edition: 'ServerStandard', wimIndex: 1 };
    return new Scene(api, (await api.post('/images', image, Identified)).id);
  }

  /** A new machine that shall become a domain member, as an operator would order it. */
  async order(
    settings: Readonly<Record<string, unknown>> = {},
  ): Promise<{ readonly id: string; readonly identity: Identity }> {
    const identity = identityFor(macAfter('52:54:00:aa:00:00', ++this.#machines));
    const { id } = await this.api.post(
      '/deployments',
      {
        mac: identity.mac,
        imageId: this.#imageId,
        hostName: `SRV-${this.#machines}`,
        settings: {
          platform: 'kvm',
          domain: { name: 'corp.example.com', ou: null, account: 'svc-join' },
          ...settings,
        },
        secrets: { administratorPassword: 'Drill-Password-1', domainPassword: 'Drill-Password-2' },
      },
      Identified,
    );
    return { id, identity };
  }

  async deployment(id: string): Promise<Deployment> {
    return await this.api.get(`/deployments/${id}`, Deployment);
  }

  /** An operator's word: again, from the network boot. */
  async retry(id: string): Promise<void> {
    await this.api.post(`/deployments/${id}/retries`, {}, Identified);
  }

  /** Waits for a status, however often the service is away meanwhile. A final status that is another one is told at once. */
  async comesTo(id: string, status: string, withinMs = 90_000): Promise<Deployment> {
    const found = await eventually(
      `deployment ${id} is ${status}`,
      async () => {
        const deployment = await this.deployment(id);
        const over = ['succeeded', 'failed', 'cancelled'].includes(deployment.status);
        return deployment.status === status || over ? deployment : undefined;
      },
      { withinMs, everyMs: 100 },
    );
    if (found.status !== status) throw new Error(`the deployment is ${found.status}, expected ${status}`);
    return found;
  }
}
