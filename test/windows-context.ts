import { parseMac } from '../domain/identity.ts';
import type { WindowsEdition } from '../domain/image.ts';
import { DEFAULT_SETTINGS } from '../domain/settings.ts';
import type { DeploymentSettings } from '../domain/settings.ts';
import type { InstallerContext } from '../pxe/installer-file.ts';

export const CORP = { name: 'corp.example.com', ou: 'OU=Servers,DC=corp,DC=example,DC=com', account: 'svc-join' };

/** A Windows deployment as the renderers get it; what a test is about is changed in the options. */
export function windowsContext(
  options: {
    readonly settings?: Partial<DeploymentSettings>;
    readonly edition?: WindowsEdition;
    readonly secrets?: Partial<InstallerContext['secrets']>;
    readonly context?: Partial<InstallerContext>;
  } = {},
): InstallerContext {
  const assetSha256 = 'f'.repeat(64);
  return {
    baseUrl: 'http://192.0.2.10:8080',
    credential: 'Zm9vYmFyYmF6-_0123456789abcdef',
    deploymentId: '0190a1b2-0000-4000-8000-00000000abcd',
    attempt: 2,
    mac: parseMac('52:54:00:12:34:56'),
    settings: { ...DEFAULT_SETTINGS, hostName: 'SRV-WEB-01', platform: 'kvm', ...options.settings },
    image: {
      id: '0190a1b2-0000-4000-8000-000000000002',
      name: 'Windows Server 2025',
      assetSha256,
      demo: false,
      kind: 'wim',
      family: 'windows',
      edition: options.edition ?? 'ServerStandard',
      wimIndex: 2,
    },
    assets: { image: { sha256: assetSha256, name: 'install.wim', size: 5_368_709_120, role: 'image', demo: false } },
    enrolmentToken: 'enrolment-token-of-the-test',
    secrets: { 'administrator-password': 'Geheim!23', 'domain-password': null, ...options.secrets },
    ...options.context,
  };
}
