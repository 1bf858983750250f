import { send, NoAnswer } from '../transport.ts';
import type { Clock } from '../clock.ts';

/** A file that the firmware has fetched. */
export interface LoadedImage {
  readonly url: string;
  readonly name: string;
  /** What follows the address on the line: a kernel's arguments. */
  readonly arguments: readonly string[];
  /** The content, up to the byte limit for stored files. */
  readonly body: Buffer;
  readonly size: number;
}

/** Why a fetch failed, in iPXE's own number. */
export class FetchFailed extends Error {
  override readonly name = 'FetchFailed';
  readonly errno: string;

  constructor(errno: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.errno = errno;
  }
}

export interface FetchOrder {
  readonly url: string;
  readonly name: string | undefined;
  readonly arguments: readonly string[];
  readonly timeoutMs: number | undefined;
}

/** The last status of each kind stands for the others, as in iPXE. */
const ERRNO_OF_STATUS: Readonly<Record<number, string>> = { 404: '2d0c618e', 403: '410c6183', 401: '0243618f' };
const LONGEST_RETRY_AFTER_SECONDS = 600;

/**
 * Fetches one file as iPXE does: a 503 that names a time is waited for and asked again, any other error status is a
 * failure of the command. Stored files are read up to `byteLimit` only; scripts and rendered files always whole.
 */
export async function fetchImage(order: FetchOrder, clock: Clock, byteLimit: number | undefined): Promise<LoadedImage> {
  const stored = new URL(order.url).pathname.startsWith('/assets/');
  for (;;) {
    const answer = await send(
      order.url,
      {
        headers: { 'user-agent': 'iPXE/1.0.0+' },
        byteLimit: stored ? byteLimit : undefined,
        ...(order.timeoutMs !== undefined && { timeoutMs: order.timeoutMs }),
      },
      clock,
    ).catch((error: unknown) => {
      if (!(error instanceof NoAnswer)) throw error;
      throw new FetchFailed('0f0a6095', error.message, { cause: error });
    });
    const { status, body, size } = answer;
    const retryAfter = Number(answer.headers.get('retry-after') ?? 'none');
    if (status === 503 && retryAfter >= 0 && retryAfter <= LONGEST_RETRY_AFTER_SECONDS) {
      await clock.wait(Math.max(1, retryAfter));
      continue;
    }
    if (status >= 400)
      throw new FetchFailed(
        ERRNO_OF_STATUS[status] ?? (status >= 500 ? '1d0c6598' : '1d0c6480'),
        `${order.url} answered ${status}`,
      );
    const name = order.name ?? new URL(order.url).pathname.split('/').at(-1) ?? '';
    return { url: order.url, name, arguments: order.arguments, body, size };
  }
}
