import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

export interface DownloadOptions {
  readonly version: string;
  /** Gets a file `temporal`; appears there only when it is whole and runs. */
  readonly folder: string;
  readonly onProgress: (sentence: string) => void;
  readonly downloadBase?: string;
}

const CONNECT_TIMEOUT_MS = 8_000;
const SILENCE_TIMEOUT_MS = 20_000;
const REPORT_EVERY_BYTES = 20_000_000;
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * Fetches the official archive. Its makers publish no digest beside it, so what vouches for it is TLS and the program
 * itself, which is run before anybody finds it in the cache.
 */
export async function downloadCli(options: DownloadOptions): Promise<string> {
  const { version, folder, onProgress, downloadBase = 'https://temporal.download' } = options;
  const architecture = ARCHITECTURES[process.arch];
  if (architecture === undefined || !['linux', 'darwin'].includes(process.platform)) {
    throw new Error(`there is no release for ${process.platform} on ${process.arch}`);
  }
  const url = `${downloadBase}/cli/archive/v${version}?platform=${process.platform}&arch=${architecture}`;
  onProgress(`Fetching Temporal ${version} from ${new URL(url).host}`);
  await mkdir(path.dirname(folder), { recursive: true });
  const making = await mkdtemp(`${folder}.download-`);
  try {
    const archive = path.join(making, 'temporal.tar.gz');
    await fetchTo(url, archive, onProgress);
    await promisify(execFile)('tar', ['-xzf', archive, '-C', making, 'temporal']);
    const program = path.join(making, 'temporal');
    await promisify(execFile)(program, ['--version'], { timeout: 20_000 });
    await mkdir(folder, { recursive: true });
    await rename(program, path.join(folder, 'temporal'));
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return path.join(folder, 'temporal');
}

async function fetchTo(url: string, file: string, onProgress: (sentence: string) => void): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(new Error('no answer from the server')), CONNECT_TIMEOUT_MS);
  try {
    const response = await fetch(url, { signal: silence.signal }).catch((error: unknown) => {
      throw new Error(`${new URL(url).host} cannot be reached (${reasonOf(error)})`, { cause: error });
    });
    if (!response.ok || response.body === null) throw new Error(`${new URL(url).host} answered ${response.status}`);
    let received = 0;
    const meter = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(new Error('the download stood still')), SILENCE_TIMEOUT_MS);
        const before = received;
        received += chunk.length;
        if (Math.floor(before / REPORT_EVERY_BYTES) !== Math.floor(received / REPORT_EVERY_BYTES)) {
          onProgress(`Fetching Temporal: ${Math.round(received / 1_000_000)} MB`);
        }
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body), meter, createWriteStream(file), { signal: silence.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** `fetch` hides what happened ("fetch failed") one cause deep. */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error ? inner.message : String(inner);
}
