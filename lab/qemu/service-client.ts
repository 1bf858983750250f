import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { BuiltFile } from '../linux/cache.ts';

/** A running service, as the lab reaches it. */
export interface LabService {
  /** From here: `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly apiToken: string;
}

/** What the lab reads of the management plane; like every machine it knows the wire and nothing else (D13). */
const Deployment = z.object({
  id: z.string(),
  status: z.string(),
  phase: z.string(),
  step: z.string(),
  percent: z.number(),
  hold: z.object({ reason: z.string(), message: z.string() }).nullable(),
  checks: z.array(z.object({ name: z.string(), verdict: z.string(), expected: z.string(), found: z.string() })),
});
export type LabDeployment = z.infer<typeof Deployment>;

const Created = z.object({ id: z.string() });
const Images = z.object({ items: z.array(z.object({ id: z.string(), assetSha256: z.string() })) });
const Activity = z.object({ items: z.array(z.object({ kind: z.string(), message: z.string(), step: z.string() })) });

export class ServiceClient {
  readonly #service: LabService;

  constructor(service: LabService) {
    this.#service = service;
  }

  async upload(role: string, file: BuiltFile): Promise<void> {
    const body = Readable.toWeb(createReadStream(file.path));
    await this.#call(`/api/v1/assets?${new URLSearchParams({ role, name: file.name }).toString()}`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body,
      duplex: 'half',
    });
  }

  /** The image in the catalogue that has this content, registered if it is new. */
  async image(file: BuiltFile, diskSize: number): Promise<string> {
    const known = Images.parse(await this.#call('/api/v1/images?limit=200'));
    const same = known.items.find((image) => image.assetSha256 === file.sha256);
    if (same !== undefined) return same.id;
    const image = {
      kind: 'raw-disk',
      name: `Lab Linux ${file.sha256.slice(0, 8)}`,
      assetSha256: file.sha256,
      compression: 'gzip',
      diskSize,
    };
    return Created.parse(await this.#post('/api/v1/images', image)).id;
  }

  async deploy(request: {
    readonly mac: string;
    readonly imageId: string;
    readonly hostName: string;
  }): Promise<string> {
    const settings = { platform: 'kvm', diskSerial: 'LABDISK1' };
    return Created.parse(await this.#post('/api/v1/deployments', { ...request, settings })).id;
  }

  async deployment(id: string): Promise<LabDeployment> {
    return Deployment.parse(await this.#call(`/api/v1/deployments/${id}`));
  }

  /** Kinds of the timeline's events, oldest first. */
  async timeline(id: string): Promise<readonly string[]> {
    const page = await this.#call(`/api/v1/deployments/${id}/activity?show=events&order=oldest&limit=200`);
    return Activity.parse(page).items.map(({ kind }) => kind);
  }

  /** The first stage as machines get it: tells which address the service gives them. */
  async firstStage(): Promise<string> {
    return (await fetch(`${this.#service.url}/boot.ipxe`)).text();
  }

  #post(path: string, body: object): Promise<unknown> {
    return this.#call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async #call(path: string, init: Call = {}): Promise<unknown> {
    const headers = { ...init.headers, authorization: `Bearer ${this.#service.apiToken}` };
    const answer = await fetch(`${this.#service.url}${path}`, { ...init, headers });
    const text = await answer.text();
    if (!answer.ok)
      throw new Error(`${init.method ?? 'GET'} ${path} was answered with ${answer.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text);
  }
}

type Call = Omit<RequestInit, 'headers'> & {
  readonly headers?: Readonly<Record<string, string>>;
  readonly duplex?: 'half';
};
