import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A tool that is not there, a package that cannot be had: said in one sentence, with the cure. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}

const SYSTEM_PATHS = '/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin';

/**
 * Runs a program to its end and returns what it printed. `package` names the Debian package that brings it. The folders of
 * system tools are searched too: an ordinary user's PATH lacks them.
 */
export async function run(
  program: string,
  args: readonly string[],
  options: { readonly package: string; readonly cwd?: string; readonly env?: Readonly<Record<string, string>> },
): Promise<string> {
  const env = { ...process.env, LC_ALL: 'C', ...options.env };
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      cwd: options.cwd,
      env: { ...env, PATH: `${process.env['PATH'] ?? ''}:${SYSTEM_PATHS}` },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new BuildError(`${program} is not installed. Cure: apt-get install ${options.package}`, { cause: error });
    const said = error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : '';
    throw new BuildError(`${program} ${args.join(' ')} failed: ${said.trim().split('\n').slice(-3).join(' ')}`, {
      cause: error,
    });
  }
}
