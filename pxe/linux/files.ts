import { LINUX_AGENT_SCRIPT, LINUX_AGENT_UNIT } from '../../agent/linux/agent-script.ts';
import { assetUrl, TemplateError } from '../installer-file.ts';
import type { InstallerContext, InstallerFile } from '../installer-file.ts';
import { settingLine } from '../quote/sh.ts';
import { renderMetaData, renderNetworkConfig, renderUserData, renderVendorData } from './cloud-init.ts';

/** What our installer fetches once it has the attempt token. The boot stage needs no file: the kernel line says it all. */
export const LINUX_FILES: readonly InstallerFile[] = [
  file('install.conf', 'text/plain', renderInstallConf),
  file('user-data', 'text/cloud-config', renderUserData),
  file('meta-data', 'text/yaml', renderMetaData),
  file('vendor-data', 'text/cloud-config', renderVendorData),
  file('network-config', 'text/yaml', renderNetworkConfig),
  file('agent.sh', 'text/x-shellscript', () => LINUX_AGENT_SCRIPT),
  file('agent.conf', 'text/plain', renderAgentConf),
  file('octofleet-agent.service', 'text/plain', () => LINUX_AGENT_UNIT),
];

function file(name: string, type: string, render: InstallerFile['render']): InstallerFile {
  return { name, stage: 'install', contentType: `${type}; charset=utf-8`, render };
}

/** Read by `installer/*.sh` with sed, never sourced. */
function renderInstallConf({ baseUrl, image, assets, settings }: InstallerContext): string {
  if (image.kind !== 'raw-disk')
    throw new TemplateError(`the Linux installer writes raw disk images, not ${image.kind}`);
  const name = assets.image?.name ?? 'disk.img';
  return lines(
    settingLine('IMAGE_URL', assetUrl(baseUrl, { sha256: image.assetSha256, name })),
    settingLine('IMAGE_SHA256', image.assetSha256),
    settingLine('IMAGE_COMPRESSION', image.compression),
    settingLine('IMAGE_DISK_SIZE', image.diskSize),
    settingLine('DISK_SERIAL', settings.diskSerial ?? ''),
    settingLine('HOST_NAME', settings.hostName),
  );
}

/** The agent takes the token out of it as soon as it has enrolled. */
function renderAgentConf({ baseUrl, enrolmentToken }: InstallerContext): string {
  return lines(settingLine('OCTOFLEET_URL', baseUrl), settingLine('OCTOFLEET_TOKEN', enrolmentToken));
}

function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
