import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/**
 * For our servers: nothing of our own environment, which holds secrets and variables meant for other programs. (They do
 * not care for NODE_ENV; Remix's types make it part of every environment.)
 */
export const BARE_ENVIRONMENT: Readonly<NodeJS.ProcessEnv> = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
  LANG: 'C',
  TZ: 'UTC',
  NODE_ENV: 'production',
};

/** A program and its words, ready for `spawn`. `uid` and `gid` are for `spawn` when the command does not switch by itself. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

export interface Binding {
  /** What the kernel sends the program when we die, however we die. */
  readonly deathSignal: 'INT' | 'TERM';
  readonly runAs?: RunAs | undefined;
}

/**
 * Wraps a command so that it does not outlive this process, not even after `kill -9`: util-linux's `setpriv` asks the
 * kernel for a signal on the parent's death, drops to the wanted user and then becomes the program, under the same
 * process id. Where there is no such tool (macOS, Alpine) the program starts without that promise; the next start
 * finds what was left behind and ends it.
 */
export async function boundToUs(command: Command, { deathSignal, runAs }: Binding): Promise<Command> {
  if (!(await canBind())) return runAs === undefined ? command : { ...command, ...runAs };
  const drop =
    runAs === undefined ? [] : [`--reuid=${runAs.uid}`, `--regid=${runAs.gid}`, '--clear-groups', '--no-new-privs'];
  return { file: 'setpriv', args: [...drop, '--pdeathsig', deathSignal, '--', command.file, ...command.args] };
}

let known: Promise<boolean> | undefined;

/** BusyBox has a `setpriv` as well, without the option we need; so it is tried, once. */
function canBind(): Promise<boolean> {
  known ??= promisify(execFile)('setpriv', ['--pdeathsig', 'TERM', '--', 'true'], { env: BARE_ENVIRONMENT }).then(
    () => true,
    () => false,
  );
  return known;
}
