import { STATUS_CODES } from 'node:http';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { BootPlane, BootResponse } from './plane.ts';
import { splitTarget } from './query.ts';

/**
 * Node refuses a request line with bytes above 0x7f or control characters in it, in every mode. Vendors put such bytes
 * into SMBIOS text and iPXE sends them as they are, so the packet that Node gave up on is read here: a request for a boot
 * script gets its script, any other the refusal that Node would have given.
 */
export function tolerateStrayBytes(server: Server, plane: BootPlane): void {
  server.on('clientError', (error: ParseError, socket) => {
    void answerRefused(error, socket, plane);
  });
}

type ParseError = Error & { readonly code?: string; readonly rawPacket?: Buffer };

async function answerRefused(
  error: ParseError,
  socket: Duplex & { readonly remoteAddress?: string },
  plane: BootPlane,
): Promise<void> {
  const target = bootTarget(error);
  const answer =
    target === undefined
      ? plain(STATUS_FOR[error.code ?? ''] ?? 400)
      : await plane.answer({ ...target, remoteAddress: socket.remoteAddress ?? '' });
  if (socket.writable) socket.end(asHttp(answer));
  else socket.destroy();
}

/** The MAC and the query of a refused request for a boot script. */
function bootTarget({ rawPacket }: ParseError): { readonly mac: string; readonly query: string } | undefined {
  const line = rawPacket?.toString('latin1').split('\r\n', 1)[0] ?? '';
  // Up to the last ` HTTP/1.x` of the line: SMBIOS text may hold blanks, and that word too.
  const [, target] = /^GET (\/boot\/.*?)(?: HTTP\/1\.[01])?$/s.exec(line) ?? [];
  if (target === undefined) return undefined;
  const { path, query } = splitTarget(target);
  return { mac: path.slice('/boot/'.length), query };
}

const STATUS_FOR: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

function plain(status: number): BootResponse {
  return { status, headers: { 'Content-Type': 'text/plain' }, body: `${STATUS_CODES[status] ?? ''}\n` };
}

function asHttp({ status, headers, body }: BootResponse): string {
  const lines = Object.entries({ ...headers, 'Content-Length': Buffer.byteLength(body), Connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n${body}`;
}
