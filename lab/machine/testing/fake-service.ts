import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { writePretendImage } from '../pretend-image.ts';
import { serve } from './file-server.ts';
import type { Asked } from './file-server.ts';

/** A callback as it arrived. */
export interface Heard {
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface FakeService {
  readonly url: string;
  readonly heard: Heard[];
  /** The next so many requests are answered 503. */
  away: number;
  /** From now on callbacks of this attempt are refused, as after an operator's retry. */
  stale: boolean;
  /** What a machine that boots is told; changes to `local` with the fact `installed`. */
  answer: 'install' | 'hold' | 'local';
  readonly close: () => Promise<void>;
}

const IMAGE = writePretendImage({ family: 'linux', name: 'Debian', version: '12', editions: { 1: '' } }, 4_000);
const SHA256 = createHash('sha256').update(IMAGE).digest('hex');

/** As much of the service as one Linux machine needs: enough to watch a machine, not to test the service. */
export async function fakeService(): Promise<FakeService> {
  const state = { heard: [] as Heard[], away: 0, stale: false, answer: 'install' as FakeService['answer'] };
  /** Who exchanged which nonce. */
  const exchanged = new Map<string, string>();
  let reports = 0;

  const server = await serve((asked, response) => {
    if (state.away > 0) {
      state.away--;
      response.writeHead(503).end();
      return;
    }
    const [method = '', target = ''] = asked.line.split(' ');
    const path = target.split('?')[0] ?? '';
    if (method === 'POST') callback(path, asked, response);
    else response.end(fileFor(path, server.url));
  });

  function fileFor(path: string, url: string): string | Buffer {
    if (path === '/boot.ipxe') return `#!ipxe\nchain --replace ${url}/boot/\${mac:hexhyp}`;
    if (path.startsWith('/boot/')) return bootScript(url);
    if (path.startsWith('/assets/')) return path.endsWith('image') ? IMAGE : 'bytes';
    const agent = `OCTOFLEET_URL=${url}\nOCTOFLEET_TOKEN='enrol-me-enrol-me'\n`;
    const files: Record<string, string> = {
      'install.conf': `IMAGE_URL=${url}/assets/${SHA256}/image\nIMAGE_SHA256=${SHA256}\nIMAGE_DISK_SIZE=1\nHOST_NAME=web-07\n`,
      'meta-data': 'local-hostname: web-07\n',
      'agent.conf': agent,
    };
    return files[path.split('/').at(-1) ?? ''] ?? '';
  }

  function bootScript(url: string): string {
    if (state.answer === 'hold') return `#!ipxe\nsleep 30\nchain --replace ${url}/boot/x`;
    if (state.answer === 'local') return '#!ipxe\nsanboot --drive 0x80';
    return `#!ipxe\nkernel ${url}/assets/k/vmlinuz octofleet.url=${url} octofleet.nonce=nonce-${exchanged.size + 1}\nboot`;
  }

  function callback(path: string, asked: Asked, response: ServerResponse): void {
    const fields = asked.body.startsWith('{')
      ? (JSON.parse(asked.body) as Record<string, string>)
      : Object.fromEntries(new URLSearchParams(asked.body));
    state.heard.push({ path, fields });
    const name = path.split('/').at(-1);
    if (path.startsWith('/d/') && state.stale) response.writeHead(409).end('stale');
    else if (name === 'exchange') {
      const nonce = path.split('/')[2] ?? '';
      const clientKey = fields['clientKey'] ?? '';
      if (!exchanged.has(nonce)) exchanged.set(nonce, clientKey);
      if (exchanged.get(nonce) === clientKey) response.end(`token-${nonce}`);
      else response.writeHead(409).end('replayed');
    } else if (name === 'wipe-permit') response.end('GRANT\n');
    else if (name === 'enrol')
      response.end(
        JSON.stringify({
          deviceKey: 'device-key',
          systemId: '0190a1b2-0000-4000-8000-00000000abcd',
          reportEverySeconds: 60,
        }),
      );
    else if (name === 'report') {
      const verdict = ++reports >= 2 ? 'verified' : 'failing';
      response.end(JSON.stringify({ verdict, failing: [], reportEverySeconds: 60 }));
    } else {
      if (fields['step'] === 'installed') state.answer = 'local';
      response.writeHead(202).end('OK');
    }
  }

  return Object.assign(state, { url: server.url, close: server.close });
}
