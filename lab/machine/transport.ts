import type { Clock } from './clock.ts';

/** What came back, as far as the machine read it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body up to the limit. */
  readonly body: Buffer;
  /** Size of the whole file where the server told it. */
  readonly size: number;
}

/** No answer at all: refused, reset, timed out, cut off. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export interface Request {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Reads no more than this, and asks for no more (`Range`). */
  readonly byteLimit?: number | undefined;
  readonly timeoutMs?: number;
}

const USUAL_TIMEOUT_MS = 30_000;

/** One HTTP exchange. Any status is an answer; only silence and broken connections throw. */
export async function send(url: string, request: Request, clock: Clock): Promise<Answer> {
  clock.signal.throwIfAborted();
  const { byteLimit, method = 'GET', body, timeoutMs = USUAL_TIMEOUT_MS } = request;
  const headers = new Headers(request.headers);
  if (byteLimit !== undefined) headers.set('range', `bytes=0-${byteLimit - 1}`);
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'follow',
      signal: AbortSignal.any([clock.signal, AbortSignal.timeout(timeoutMs)]),
      ...(body !== undefined && { body }),
    });
    const read = await readUpTo(response, byteLimit);
    return { status: response.status, headers: response.headers, body: read, size: sizeOf(response, read) };
  } catch (error) {
    clock.signal.throwIfAborted();
    throw new NoAnswer(`${method} ${url}: no answer`, { cause: error });
  }
}

async function readUpTo(response: Response, byteLimit: number | undefined): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  if (response.body === null) return Buffer.alloc(0);
  const stream: AsyncIterable<Uint8Array> = response.body;
  // Leaving the loop early cancels the rest of the transfer.
  for await (const piece of stream) {
    pieces.push(piece);
    bytes += piece.byteLength;
    if (byteLimit !== undefined && bytes >= byteLimit) break;
  }
  return Buffer.concat(pieces).subarray(0, byteLimit);
}

function sizeOf(response: Response, read: Buffer): number {
  const whole = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  return Number(whole ?? response.headers.get('content-length') ?? read.length);
}
