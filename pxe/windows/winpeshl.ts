import { cmdFile } from '../quote/cmd.ts';

/**
 * What WinPE starts instead of its prompt. Only programs may be named here, so cmd runs the script; `startnet.cmd` and
 * with it `wpeinit` do not run, the script does that itself.
 */
export function renderWinpeshl(): string {
  return cmdFile('[LaunchApps]\n%SYSTEMROOT%\\System32\\cmd.exe, /d /c %SYSTEMROOT%\\System32\\deploy.cmd\n');
}
