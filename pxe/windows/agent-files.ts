import { WINDOWS_AGENT } from '../../agent/windows/agent-script.ts';
import type { InstallerContext } from '../installer-file.ts';
import { cmdFile } from '../quote/cmd.ts';

/** The agent itself. Same rules as for cmd: PowerShell 5.1 reads a file without a mark in the machine's code page. */
export function renderAgentScript(): string {
  return cmdFile(WINDOWS_AGENT);
}

/** What the agent is told. As data, so that no value ever stands in a script; it deletes the file once it is enrolled. */
export function renderAgentConfig({ baseUrl, enrolmentToken }: InstallerContext): string {
  return `${JSON.stringify({ baseUrl, enrolmentToken }, null, 2)}\n`;
}
