import { TemplateError, assetUrl } from '../installer-file.ts';
import type { InstallerContext } from '../installer-file.ts';
import { cmdFile, cmdValue } from '../quote/cmd.ts';
import { DEPLOY_ROUTINES } from './deploy-routines.ts';
import { DEPLOY_STORY } from './deploy-story.ts';
import { WINDOWS_PLATFORMS } from './platform.ts';
import type { WindowsPlatform } from './platform.ts';

/**
 * The script that WinPE runs. Anybody who has the boot script may read it, so it holds the nonce and no secret; the
 * token of the attempt comes from the exchange. Values stand at its top, the rest is the same for every machine.
 */
export function renderDeployCmd(context: InstallerContext): string {
  const { settings, image, assets } = context;
  if (image.family !== 'windows' || assets.image === undefined)
    throw new TemplateError('deploy.cmd needs a Windows image and its file');
  const platform = WINDOWS_PLATFORMS[settings.platform];
  const values = {
    API: context.baseUrl,
    NONCE: context.credential,
    DEPLOYMENT: context.deploymentId,
    ATTEMPT: String(context.attempt),
    FIRMWARE: platform.firmware,
    DISK_SERIAL: settings.diskSerial ?? '',
    IMAGE_URL: assetUrl(context.baseUrl, assets.image),
    IMAGE_SIZE: String(assets.image.size),
    IMAGE_SHA256: assets.image.sha256,
    IMAGE_INDEX: String(image.wimIndex),
  };
  const lines = [
    '@echo off',
    'setlocal EnableExtensions DisableDelayedExpansion',
    'rem Octofleet. The values of this machine, each of them harmless characters only:',
    ...Object.entries(values).map(([name, value]) => `set "${name}=${cmdValue(value)}"`),
    `set "DRIVERS=${driverFiles(platform)}"`,
    '',
  ];
  return cmdFile(lines.join('\n') + DEPLOY_STORY + DEPLOY_ROUTINES);
}

/** What `for` walks through. A loop over nothing would be a syntax error, so there is always a word. */
function driverFiles({ drivers }: WindowsPlatform): string {
  if (drivers === 'all') return 'X:\\drivers\\*.inf';
  return drivers.map((name) => `X:\\drivers\\${cmdValue(name)}.inf`).join(' ') || 'none';
}
