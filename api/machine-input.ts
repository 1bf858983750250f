import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { RequestError } from './problem.ts';
import { DomainError } from '../domain/errors.ts';

/*
 * What small clients send. An installer whose only tool is busybox `wget` cannot set a content type, so the body's own
 * look decides: JSON, else a form; and with an empty body the query.
 */

export interface BodyLimits {
  readonly bytes: number;
  /** From the first byte to the last. A client that drips its body may not keep a connection for ever. */
  readonly withinMs: number;
}

export const SMALL_BODY: BodyLimits = { bytes: 64 * 1024, withinMs: 15_000 };

/** The fields of a request, wherever they stand; a body's win over the query's. */
export async function readFields(
  req: IncomingMessage,
  limits: BodyLimits = SMALL_BODY,
): Promise<Readonly<Record<string, unknown>>> {
  const body = await readText(req, limits);
  return { ...fieldsOfQuery(req), ...fieldsOfBody(body) };
}

export function fieldsOfQuery({ url = '' }: Pick<IncomingMessage, 'url'>): Readonly<Record<string, string>> {
  const at = url.indexOf('?');
  return at === -1 ? {} : fieldsOfForm(url.slice(at + 1));
}

/** The body as clean text: what is no UTF-8, and what no database or page can hold, becomes a replacement character. */
export async function readText(req: IncomingMessage, limits: BodyLimits): Promise<string> {
  const bytes = await readBody(req, limits);
  return cleanText(new TextDecoder().decode(bytes));
}

function readBody(req: IncomingMessage, { bytes, withinMs }: BodyLimits): Promise<Buffer> {
  if ((req.headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new RequestError(415, 'Send the body as it is, not compressed.');
  if (Number(req.headers['content-length'] ?? 0) > bytes) throw tooLarge(bytes);

  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      req.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
      if (error === undefined) resolve(Buffer.concat(chunks));
      else reject(error);
    };
    const onEnd = (): void => finish();
    const onGone = (): void => finish(new RequestError(400, 'The connection ended before the body did.'));
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > bytes) finish(tooLarge(bytes));
    };
    const timer = setTimeout(() => finish(new RequestError(408, 'The body did not arrive in time.')), withinMs);
    req.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
  });
}

function tooLarge(bytes: number): DomainError {
  return new DomainError('too-large', `At most ${Math.round(bytes / 1024)} KiB are read here.`);
}

function fieldsOfBody(body: string): Readonly<Record<string, unknown>> {
  const text = body.trim();
  if (!/^[[{"]/.test(text)) return fieldsOfForm(text);
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RequestError(400, 'The JSON in the body is not an object.');
  return Object.fromEntries(Object.entries(value));
}

function fieldsOfForm(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...new URLSearchParams(text)]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RequestError(400, 'The body is not valid JSON.');
    throw error;
  }
}

/**
 * Checks fields against the contract, then cleans every text in them: an escape in JSON can hold what the text around it
 * could not. In this order, because only a checked value is known to be shallow.
 */
export function parseFields<T extends z.ZodType>(schema: T, fields: Readonly<Record<string, unknown>>): z.output<T> {
  return cleanDeep(schema.parse(fields));
}

function cleanDeep<T>(value: T): T;
function cleanDeep(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map((item: unknown) => cleanDeep(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, cleanDeep<unknown>(item)]));
}

/** Tabs and line breaks stay; other control characters and halves of characters do not. */
export function cleanText(text: string): string {
  return text.replaceAll(/(?![\t\n\r])[\p{Cc}\p{Cs}]/gu, '\ufffd');
}
