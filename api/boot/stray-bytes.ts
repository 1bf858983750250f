import { IncomingMessage, STATUS_CODES, ServerResponse } from 'node:http';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Node refuses a request line with bytes above 0x7f or control characters in it, in every mode. Vendors put such bytes
 * into SMBIOS text and iPXE sends them as they are, so the packet that Node gave up on is read again here: a request
 * below `/boot` is handed to the server with those bytes escaped, any other is refused as Node would have done.
 */
export function tolerateStrayBytes(server: Server): void {
  const answered = new WeakSet<Duplex>();
  server.on('clientError', (error: ParseError, socket) => {
    // The parser complains again about whatever else the client sends; one answer is enough.
    if (answered.has(socket)) return;
    answered.add(socket);
    const url = bootUrl(error);
    if (url !== undefined && isSocket(socket)) handOver(server, socket, url);
    else refuse(socket, STATUS_FOR[error.code ?? ''] ?? 400);
  });
}

type ParseError = Error & { readonly code?: string; readonly rawPacket?: Buffer };

/** The address of a refused request for a boot script, as Node would have accepted it. */
function bootUrl({ rawPacket }: ParseError): string | undefined {
  const line = rawPacket?.toString('latin1').split('\r\n', 1)[0] ?? '';
  // Up to the last ` HTTP/1.x` of the line: SMBIOS text may hold blanks, and that word too.
  const [, url] = /^GET (\/boot\/.*?)(?: HTTP\/1\.[01])?$/s.exec(line) ?? [];
  return url?.replaceAll(/[^!-~]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Behind TLS it may be something else, and no firmware of ours speaks TLS. */
function isSocket(socket: Duplex): socket is Socket {
  return 'remoteAddress' in socket;
}

function handOver(server: Server, socket: Socket, url: string): void {
  const req = new IncomingMessage(socket);
  Object.assign(req, {
    method: 'GET',
    url,
    httpVersion: '1.1',
    httpVersionMajor: 1,
    httpVersionMinor: 1,
    complete: true,
  });
  req.push(null);
  const res = new ServerResponse(req);
  res.shouldKeepAlive = false;
  res.assignSocket(socket);
  res.once('finish', () => {
    res.detachSocket(socket);
    socket.end();
  });
  server.emit('request', req, res);
}

const STATUS_FOR: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

function refuse(socket: Duplex, status: number): void {
  if (socket.writable) socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\n\r\n`);
  else socket.destroy();
}
