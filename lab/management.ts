import { z } from 'zod';

/** An answer that says no, in the service's own words. */
export class ManagementError extends Error {
  override readonly name = 'ManagementError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Management {
  get<T>(path: string, shape: z.ZodType<T>): Promise<T>;
  post<T>(path: string, body: unknown, shape: z.ZodType<T>): Promise<T>;
  /** Streams nothing: demo files are small. */
  upload(path: string, content: Buffer): Promise<void>;
}

/** The management API, as much as demo and drills need of it. */
export function managementAt(options: {
  readonly baseUrl: string;
  readonly apiToken: string;
  readonly signal: AbortSignal;
}): Management {
  const { baseUrl, apiToken, signal } = options;

  async function call(method: string, path: string, type?: string, body?: string | Buffer): Promise<unknown> {
    const response = await fetch(`${baseUrl}/api/v1${path}`, {
      method,
      signal,
      headers: { authorization: `Bearer ${apiToken}`, ...(type !== undefined && { 'content-type': type }) },
      ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new ManagementError(response.status, `${method} ${path} answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  return {
    get: async (path, shape) => shape.parse(await call('GET', path)),
    post: async (path, body, shape) => shape.parse(await call('POST', path, 'application/json', JSON.stringify(body))),
    upload: async (path, content) => {
      await call('POST', path, 'application/octet-stream', content);
    },
  };
}

/** Where a record lies that was made or found. */
export const Identified = z.object({ id: z.string() });

export function pageOf<T extends z.ZodType>(item: T): z.ZodObject<{ items: z.ZodArray<T> }> {
  return z.object({ items: z.array(item) });
}
