import type { InstallerFile } from '../installer-file.ts';
import { cmdFile } from '../quote/cmd.ts';
import { renderAgentConfig, renderAgentScript } from './agent-files.ts';
import { renderDeployCmd } from './deploy-cmd.ts';
import { renderDiskpart } from './diskpart.ts';
import { HARDWARE_SCRIPT } from './hardware-script.ts';
import { renderSetupComplete } from './setup-complete.ts';
import { renderUnattend } from './unattend.ts';
import { renderWinpeshl } from './winpeshl.ts';

const PLAIN = 'text/plain; charset=utf-8';

/** Every file a machine that becomes Windows may fetch. The boot stage is what wimboot puts into WinPE. */
export const WINDOWS_FILES: readonly InstallerFile[] = [
  { name: 'winpeshl.ini', stage: 'boot', contentType: PLAIN, render: renderWinpeshl },
  { name: 'deploy.cmd', stage: 'boot', contentType: PLAIN, render: renderDeployCmd },
  { name: 'hardware.js', stage: 'install', contentType: PLAIN, render: () => cmdFile(HARDWARE_SCRIPT) },
  { name: 'diskpart.txt', stage: 'install', contentType: PLAIN, render: renderDiskpart },
  { name: 'unattend.xml', stage: 'install', contentType: 'application/xml; charset=utf-8', render: renderUnattend },
  { name: 'SetupComplete.cmd', stage: 'install', contentType: PLAIN, render: renderSetupComplete },
  { name: 'agent.ps1', stage: 'install', contentType: PLAIN, render: renderAgentScript },
  { name: 'agent.json', stage: 'install', contentType: 'application/json; charset=utf-8', render: renderAgentConfig },
];
