import { randomUUID } from 'node:crypto';
import { assetsFor } from '../../db/assets.ts';
import { DomainError } from '../../domain/errors.ts';
import { CURE_FOR, ROLES_NEEDED } from '../../domain/image.ts';
import type { AssetRole } from '../../domain/image.ts';
import { planFor } from '../../domain/plan.ts';
import type { Plan } from '../../domain/plan.ts';
import type { SecretName } from '../../domain/settings.ts';
import { TemplateError } from '../../pxe/installer-file.ts';
import { INSTALLER_FILES } from '../../pxe/installer-files.ts';
import { validateSettings } from '../../pxe/validate-settings.ts';
import type { CreateDeployment } from '../contract/deployments.ts';
import type { ApiDeps } from '../deps.ts';
import { PREVIEW_CREDENTIAL, previewFiles } from '../installer-context.ts';
import type { PublicContext } from '../installer-context.ts';
import { resolveRequest } from './resolve.ts';
import type { Resolved } from './resolve.ts';

export type PrepareDeps = Pick<ApiDeps, 'pool' | 'assets' | 'publicUrl'>;

/** A deployment that can be created: everything that a machine could stumble over has been looked at. */
export interface Prepared extends Resolved {
  readonly plan: Plan;
  readonly secrets: Readonly<Record<SecretName, string | null>>;
  /** What its files would be made of; the deployment has no id yet, so one of the same form stands in. */
  readonly context: PublicContext;
}

/** Finds everything wrong with a request before anything is written, and before any machine boots (promise 10). */
export async function prepareDeployment(deps: PrepareDeps, body: CreateDeployment): Promise<Prepared> {
  const resolved = await resolveRequest(deps.pool, body);
  const { settings, image, mac } = resolved;
  const secrets = {
    'administrator-password': body.secrets.administratorPassword ?? null,
    'domain-password': body.secrets.domainPassword ?? null,
  };
  const fields = validateSettings(settings, image, secrets);
  const [first] = fields;
  if (first !== undefined)
    throw new DomainError('invalid-settings', fields.length === 1 ? first.detail : 'Several fields cannot be used.', {
      fields,
    });

  const context = {
    baseUrl: deps.publicUrl,
    deploymentId: randomUUID(),
    attempt: 1,
    mac,
    settings,
    image,
    assets: await requireArtefacts(deps, resolved),
  };
  const prepared = {
    ...resolved,
    secrets,
    context,
    plan: planFor({
      joinsDomain: settings.domain !== null,
      limits: settings.limits,
      preauthorisedRetries: settings.preauthorisedRetries,
    }),
  };
  requireRenderable(prepared);
  return prepared;
}

/** The files of a request not yet made, as its machine would get them, secrets masked. */
export function previewOf({ context, secrets }: Prepared): ReturnType<typeof previewFiles> {
  return previewFiles(
    context,
    (['administrator-password', 'domain-password'] as const).filter((name) => secrets[name] !== null),
  );
}

/** Every file the installation needs is in the catalogue and really on the disk. */
async function requireArtefacts({ pool, assets }: PrepareDeps, { image }: Resolved): Promise<PublicContext['assets']> {
  const roles = ROLES_NEEDED[image.family];
  const known = await assetsFor(pool, { roles, imageSha256: image.assetSha256, demo: image.demo });
  const missing: AssetRole[] = [];
  for (const role of ['image', ...roles] as const) {
    const asset = known[role];
    if (asset === undefined || (await assets.find(asset.sha256)) === undefined) missing.push(role);
  }
  if (missing.length > 0)
    throw new DomainError(
      'artefact-missing',
      `“${image.name}” cannot be installed yet; missing: ${missing.join(', ')}.`,
      {
        fields: missing.map((role) => ({ pointer: '/imageId', detail: `${role} is missing. Run: ${CURE_FOR[role]}` })),
        facts: { missing: missing.map((role) => ({ role, cure: CURE_FOR[role] })) },
      },
    );
  return known;
}

/** Renders every file with the real secrets once: a password that cannot be quoted is found here, not on the machine. */
function requireRenderable(prepared: Prepared): void {
  const { context, secrets } = prepared;
  const real = { ...context, credential: PREVIEW_CREDENTIAL, enrolmentToken: PREVIEW_CREDENTIAL, secrets };
  try {
    previewOf(prepared);
    for (const file of INSTALLER_FILES[context.image.family]) file.render(real);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new DomainError('invalid-settings', error.message, { cause: error });
  }
}
