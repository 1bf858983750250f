import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { downloadCli } from './download.ts';
import { buildCliWithGo } from './go-install.ts';
import { existing, onPath } from './look-up.ts';

/** The release we fetch or build when the machine has none: the last one that `go install` can build. */
export const PINNED_CLI = '1.5.1';

export interface Cli {
  readonly file: string;
  /** Of the server inside, `1.29.1`: its database file belongs to this version. */
  readonly serverVersion: string;
}

export interface FindCliOptions {
  /** `TEMPORAL_CLI_PATH`: taken as it is, or an error; nothing else is tried. */
  readonly cliPath: string | undefined;
  readonly cacheDir: string;
  /** Where programs are looked for, and what Go needs: PATH, HOME, GOPROXY … */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** A sentence for the person who waits. */
  readonly onProgress: (sentence: string) => void;
  readonly downloadBase?: string;
  /** Where Go is looked for besides PATH. */
  readonly goFolders?: readonly string[];
}

/** Finds Temporal's command line program, or gets it; the first way that works, in the order of the list below. */
export async function findCli(options: FindCliOptions): Promise<Cli> {
  const { cliPath, cacheDir, env, onProgress } = options;
  if (cliPath !== undefined) return inspect(cliPath, 'TEMPORAL_CLI_PATH');

  const folder = path.join(cacheDir, `temporal-${PINNED_CLI}`);
  const cached = path.join(folder, 'temporal');
  const failures: string[] = [];
  const ways: readonly (readonly [string, () => Promise<string | undefined>])[] = [
    ['temporal on PATH', () => onPath('temporal', env['PATH'])],
    ['the cached program', () => existing(cached)],
    ['the download', () => downloadCli({ ...options, version: PINNED_CLI, folder })],
    ['the build with Go', () => buildCliWithGo({ ...options, version: PINNED_CLI, folder })],
  ];
  for (const [name, way] of ways) {
    try {
      const file = await way();
      if (file !== undefined) return await inspect(file, name);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      failures.push(`${name}: ${why}`);
      onProgress(`Temporal: ${name} did not work (${why})`);
    }
  }
  throw new Error(howToGetIt(folder, failures));
}

function howToGetIt(folder: string, failures: readonly string[]): string {
  return [
    'Octofleet needs a Temporal server and found none. Any one of these helps:',
    '  - set TEMPORAL_ADDRESS to a running Temporal server',
    `  - install Temporal's command line program ("temporal") on PATH, or set TEMPORAL_CLI_PATH to it`,
    `  - put the program of release ${PINNED_CLI} at ${path.join(folder, 'temporal')}`,
    '  - allow a download from temporal.download',
    `  - install Go 1.25 or newer: Octofleet then builds github.com/temporalio/cli/cmd/temporal@v${PINNED_CLI}`,
    ...(failures.length === 0 ? [] : ['What was tried:', ...failures.map((failure) => `  - ${failure}`)]),
  ].join('\n');
}

/** Runs it once: a file that is there may still be for another processor, or another program of that name. */
async function inspect(file: string, name: string): Promise<Cli> {
  const said = await promisify(execFile)(file, ['--version'], { timeout: 20_000 }).then(
    ({ stdout }) => stdout,
    (error: unknown) => {
      throw new Error(`${name}: ${file} does not run`, { cause: error });
    },
  );
  const serverVersion = /Server (\d+\.\d+\.\d+)/.exec(said)?.[1];
  if (serverVersion !== undefined) return { file, serverVersion };
  throw new Error(`${name}: ${file} does not say which Temporal server it brings ("${said.trim()}")`);
}
