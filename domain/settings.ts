import type { PhaseLimits } from './plan.ts';
import type { Platform } from './platform.ts';

/** How the installed system finds its directory. The password is a secret, held by reference. */
export interface DomainJoin {
  /** DNS name of the domain, `corp.example.com`. */
  readonly name: string;
  /** Distinguished name of the organisational unit, or null for the domain's default container. */
  readonly ou: string | null;
  /** Account that may join computers, `svc-join` or `svc-join@corp.example.com`. */
  readonly account: string;
}

/**
 * All that one deployment was asked to do, resolved from template and request. Stored, shown, compared; holds no
 * secret by type. Secrets (`administrator-password`, `domain-password`) lie sealed in the vault under the deployment's id.
 */
export interface DeploymentSettings {
  readonly hostName: string;
  readonly platform: Platform;
  /** BCP 47, `de-DE`. */
  readonly locale: string;
  /** Keyboard as a BCP 47 locale too, `de-DE`: Windows and Linux have different names for the same layout. */
  readonly keyboard: string;
  /** IANA, `Europe/Berlin`. */
  readonly timeZone: string;
  readonly remoteDesktop: boolean;
  readonly domain: DomainJoin | null;
  /** Serial number of the disk to install on, or null for the only one there is. */
  readonly diskSerial: string | null;
  readonly preauthorisedRetries: number;
  readonly limits: PhaseLimits;
}

/** What a template may preset: any part of the settings except the name of one machine. */
export type TemplateSettings = Partial<Omit<DeploymentSettings, 'hostName'>>;

export const DEFAULT_SETTINGS: Omit<DeploymentSettings, 'hostName' | 'platform'> = {
  locale: 'de-DE',
  keyboard: 'de-DE',
  timeZone: 'Europe/Berlin',
  remoteDesktop: true,
  domain: null,
  diskSerial: null,
  preauthorisedRetries: 0,
  limits: {},
};

/** The secrets a deployment may have, by name. */
export const SECRET_NAMES = ['administrator-password', 'domain-password'] as const;
export type SecretName = (typeof SECRET_NAMES)[number];
