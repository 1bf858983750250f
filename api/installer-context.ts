import type { PreviewFile } from './contract/deployments.ts';
import type { z } from 'zod';
import { enrolmentToken } from '../credentials.ts';
import { readSecrets } from '../db/secrets.ts';
import type { AttemptData } from '../db/attempt-data.ts';
import type { Queryable } from '../db/pool.ts';
import type { Mac } from '../domain/identity.ts';
import { SECRET_NAMES } from '../domain/settings.ts';
import type { SecretName } from '../domain/settings.ts';
import type { Keyring } from '../keyring.ts';
import { renderInstall } from '../pxe/boot-script.ts';
import { MASK } from '../pxe/installer-file.ts';
import type { InstallerContext } from '../pxe/installer-file.ts';
import { INSTALLER_FILES } from '../pxe/installer-files.ts';

/** What every file of one deployment is made of, secrets apart. */
export type PublicContext = Omit<InstallerContext, 'credential' | 'enrolmentToken' | 'secrets'>;

export function publicContext(baseUrl: string, data: AttemptData, bootMac?: Mac): PublicContext {
  const mac = bootMac ?? data.macs[0];
  if (mac === undefined) throw new Error(`the machine of deployment ${data.deploymentId} has no address`);
  const { deploymentId, attempt, settings, image, assets } = data;
  return { baseUrl, deploymentId, attempt, mac, settings, image, assets };
}

/** For whoever has the boot script: there is nothing secret to render, so nothing can slip out. */
export function bootContext(context: PublicContext, nonce: string): InstallerContext {
  return { ...context, credential: nonce, enrolmentToken: MASK, secrets: maskedSecrets(SECRET_NAMES) };
}

/** For the machine itself, with its attempt token, and for nobody else. */
export async function installContext(
  db: Queryable,
  keyring: Keyring,
  context: PublicContext,
  { attemptId, token }: { readonly attemptId: string; readonly token: string },
): Promise<InstallerContext> {
  return {
    ...context,
    credential: token,
    enrolmentToken: enrolmentToken(keyring, attemptId),
    secrets: await readSecrets(db, keyring, context.deploymentId),
  };
}

/** Stands in a preview for the nonce or token in an address; one harmless word, so that every quoting lets it pass. */
export const PREVIEW_CREDENTIAL = 'credential-of-this-attempt';

/**
 * Every file a machine gets, byte for byte, with masks for what only the machine may see. It also finds, before any
 * machine boots, what cannot be rendered at all (throws `TemplateError`).
 */
export function previewFiles(
  context: PublicContext,
  secretNames: readonly SecretName[],
): readonly z.infer<typeof PreviewFile>[] {
  const masked: InstallerContext = {
    ...context,
    credential: PREVIEW_CREDENTIAL,
    enrolmentToken: MASK,
    secrets: maskedSecrets(secretNames),
  };
  const script = { name: 'install.ipxe', contentType: 'text/plain; charset=utf-8', body: renderInstall(masked) };
  const files = INSTALLER_FILES[context.image.family].map(({ name, contentType, render }) => ({
    name,
    contentType,
    body: render(masked),
  }));
  return [script, ...files];
}

function maskedSecrets(present: readonly SecretName[]): Readonly<Record<SecretName, string | null>> {
  const mask = (name: SecretName) => (present.includes(name) ? MASK : null);
  return {
    'administrator-password': mask('administrator-password'),
    'domain-password': mask('domain-password'),
  };
}
