import type { Asset, AssetRole, Family, Image } from '../domain/image.ts';
import type { Mac } from '../domain/identity.ts';
import type { DeploymentSettings, SecretName } from '../domain/settings.ts';

/** Stands in a preview where a machine would get a secret. */
export const MASK = '********';

/** Everything a file for a machine may be made of. Same context, same bytes. */
export interface InstallerContext {
  /** The address machines use, without a slash at the end: `http://192.0.2.10:8080`. */
  readonly baseUrl: string;
  /** What stands after `/d/` in the addresses this file names: the nonce before the exchange, the attempt token after it. */
  readonly credential: string;
  readonly deploymentId: string;
  readonly attempt: number;
  readonly mac: Mac;
  readonly settings: DeploymentSettings;
  readonly image: Image;
  readonly assets: Readonly<Partial<Record<AssetRole, Asset>>>;
  /** One-time, for the agent; `MASK` in a preview and in the `boot` stage. */
  readonly enrolmentToken: string;
  /** Null where the deployment has none; `MASK` in a preview and in the `boot` stage. */
  readonly secrets: Readonly<Record<SecretName, string | null>>;
}

/**
 * A file that a machine fetches under `/d/<credential>/<name>`.
 * `boot`: before the exchange, by whoever has the boot script; never a secret. `install`: with the attempt token,
 * while the attempt is open and not yet installed.
 */
export interface InstallerFile {
  readonly name: string;
  readonly stage: 'boot' | 'install';
  readonly contentType: string;
  readonly render: (context: InstallerContext) => string;
}

export type InstallerFiles = Readonly<Record<Family, readonly InstallerFile[]>>;

/** The address of a stored file. Content-addressed, so it may be cached for ever and served by anybody. */
export function assetUrl(baseUrl: string, asset: Pick<Asset, 'sha256' | 'name'>): string {
  return `${baseUrl}/assets/${asset.sha256}/${encodeURIComponent(asset.name)}`;
}

/** A value that cannot be written in the target's language. Found when a deployment is created, not when it boots. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}
