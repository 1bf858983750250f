import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { boundToUs } from '../../process/bound-command.ts';
import { onPath } from './look-up.ts';

export interface BuildOptions {
  readonly version: string;
  /** Gets a file `temporal`; appears there only when the build is done. */
  readonly folder: string;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly onProgress: (sentence: string) => void;
  readonly goFolders?: readonly string[];
}

const REPORT_EVERY_MS = 15_000;

/** Builds the program from its public source. Takes minutes the first time, so it says how far it is. */
export async function buildCliWithGo(options: BuildOptions): Promise<string> {
  // Where Go's own instructions put it, which a service's PATH often lacks.
  const { version, folder, env, onProgress, goFolders = ['/usr/local/go/bin'] } = options;
  const go = (await onPath('go', env['PATH'])) ?? (await onPath('go', goFolders.join(path.delimiter)));
  if (go === undefined) throw new Error('Go is not installed');
  const { stdout } = await promisify(execFile)(go, ['version']);
  onProgress(`Building Temporal ${version} with ${stdout.trim()}; on two cores this takes about three minutes`);
  await mkdir(path.dirname(folder), { recursive: true });
  const making = await mkdtemp(`${folder}.build-`);
  try {
    await run(
      go,
      // Without symbol tables the program is a fifth smaller.
      ['install', '-ldflags', '-s -w', `github.com/temporalio/cli/cmd/temporal@v${version}`],
      { ...env, GOBIN: making },
      onProgress,
    );
    await mkdir(folder, { recursive: true });
    await rename(path.join(making, 'temporal'), path.join(folder, 'temporal'));
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return path.join(folder, 'temporal');
}

async function run(
  go: string,
  args: readonly string[],
  env: Readonly<NodeJS.ProcessEnv>,
  onProgress: (sentence: string) => void,
): Promise<void> {
  const command = await boundToUs({ file: go, args }, { deathSignal: 'TERM' });
  const child = spawn(command.file, command.args, { env: { ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  const started = performance.now();
  let modules = 0;
  const said: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.startsWith('go: downloading')) modules += 1;
    else said.push(line);
  });
  const ticking = setInterval(() => {
    const seconds = Math.round((performance.now() - started) / 1000);
    onProgress(`Building Temporal: ${seconds} s, ${modules} modules fetched`);
  }, REPORT_EVERY_MS);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(said.slice(-3).join(' · ') || `go ended with ${code ?? 'a signal'}`);
  } finally {
    clearInterval(ticking);
  }
}
