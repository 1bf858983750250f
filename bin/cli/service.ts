import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { Config } from '../../config.ts';
import { CLI_TOKEN_FILE } from '../service/data-dir.ts';
import { StartFailure } from '../service/sentence.ts';

/** The running service, as the command line sees it. */
export interface Service {
  readonly url: string;
  call(method: string, pathAndQuery: string, body?: unknown): Promise<unknown>;
  /** Streams a file; its size does not matter. */
  upload(pathAndQuery: string, file: string): Promise<unknown>;
}

/** A named service, else the one that runs on this machine on our data directory: it left us a token and its address. */
export async function reachService(
  config: Config,
  given: { readonly url?: string | undefined; readonly token?: string | undefined },
): Promise<Service> {
  const { url, token } = await access(config, given);

  async function request(method: string, target: string, type: string, init: RequestInit): Promise<unknown> {
    const headers = { 'content-type': type, authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/api/v1${target}`, { ...init, method, headers }).catch((error: unknown) => {
      const sentence = `the service at ${url} does not answer; start it with "npm start", or name another with --url`;
      throw new StartFailure(sentence, { cause: error });
    });
    const text = await response.text();
    if (!response.ok) throw new StartFailure(`the service refused (${response.status}): ${explain(text)}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  return {
    url,
    call: (method, target, body) =>
      request(method, target, 'application/json', body === undefined ? {} : { body: JSON.stringify(body) }),
    upload: async (target, file) => {
      await sizeOf(file);
      const body = Readable.toWeb(createReadStream(file, { highWaterMark: 1024 * 1024 }));
      return request('POST', target, 'application/octet-stream', { body, duplex: 'half' });
    },
  };
}

async function access(
  config: Config,
  { url, token = config.apiToken }: { readonly url?: string | undefined; readonly token?: string | undefined },
): Promise<{ readonly url: string; readonly token: string }> {
  const left = (await readFile(path.join(config.dataDir, CLI_TOKEN_FILE), 'utf8').catch(() => '')).split('\n');
  const [localToken, localUrl] = left;
  const chosen = {
    url: url ?? localUrl ?? config.localUrl,
    token: token ?? (url === undefined ? localToken : undefined),
  };
  if (chosen.token) return { url: chosen.url.replace(/\/+$/, ''), token: chosen.token };
  throw new StartFailure(
    url === undefined
      ? `no service runs on ${config.dataDir}; start it with "npm start", or name another with --url and --token`
      : 'this service wants a token: --token, or OCTOFLEET_API_TOKEN',
  );
}

export async function sizeOf(file: string): Promise<{ readonly size: number }> {
  const found = await stat(file).catch((error: unknown) => {
    throw new StartFailure(`${file} cannot be read`, { cause: error });
  });
  if (!found.isFile()) throw new StartFailure(`${file} is no file`);
  return { size: found.size };
}

/** The words of a problem document; of anything else the beginning. */
function explain(text: string): string {
  try {
    const problem: unknown = JSON.parse(text);
    if (typeof problem === 'object' && problem !== null && 'title' in problem) {
      const detail = 'detail' in problem ? ` ${String(problem.detail)}` : '';
      return `${String(problem.title)}.${detail}`;
    }
  } catch {
    // Not JSON: a proxy's page, say.
  }
  return text.slice(0, 200);
}
