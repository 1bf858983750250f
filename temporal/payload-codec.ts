import type { Payload, PayloadCodec } from '@temporalio/common';
import type { Keyring } from '../keyring.ts';

const ENCODING = 'binary/encrypted';
const CONTEXT = 'temporal payload';

/**
 * Encrypts what Temporal stores for us (AES-256-GCM). Inputs hold references only, so this is the second fence, not
 * the first. Two kinds stay clear, so that Temporal's own interface can be read without a key: bare JSON strings (by rule of
 * the activities' contract arguments and results are objects; what is left are summaries and ids), and the description of a
 * running workflow, which is asked for and never stored.
 */
export function payloadCodec(keyring: Keyring): PayloadCodec {
  return {
    encode: (payloads) =>
      Promise.resolve(payloads.map((payload) => (staysClear(payload) ? payload : encrypted(keyring, payload)))),
    decode: (payloads) => Promise.resolve(payloads.map((payload) => decrypted(keyring, payload))),
  };
}

function encrypted(keyring: Keyring, payload: Payload): Payload {
  const sealed = keyring.seal(JSON.stringify(toWire(payload)), CONTEXT);
  return {
    metadata: { encoding: Buffer.from(ENCODING), 'encryption-key-id': Buffer.from(sealed.keyId) },
    data: sealed.bytes,
  };
}

function decrypted(keyring: Keyring, payload: Payload): Payload {
  if (metadataOf(payload, 'encoding') !== ENCODING) return payload;
  const sealed = { keyId: metadataOf(payload, 'encryption-key-id'), bytes: Buffer.from(payload.data ?? []) };
  return fromWire(JSON.parse(keyring.open(sealed, CONTEXT)) as Wire);
}

/** A payload as JSON: bytes in base64. */
interface Wire {
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: string;
}

function toWire({ metadata, data }: Payload): Wire {
  const entries = Object.entries(metadata ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return {
    metadata: Object.fromEntries(entries) as Wire['metadata'],
    data: Buffer.from(data ?? []).toString('base64'),
  };
}

function fromWire({ metadata, data }: Wire): Payload {
  const entries = Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value, 'base64')] as const);
  return { metadata: Object.fromEntries(entries), data: Buffer.from(data, 'base64') };
}

/** How the SDK's answer to `__temporal_workflow_metadata` begins; no object of ours does. */
const WORKFLOW_DESCRIPTION = '{"definition":{"type":';

function staysClear(payload: Payload): boolean {
  if (metadataOf(payload, 'encoding') !== 'json/plain') return false;
  const start = Buffer.from(payload.data?.subarray(0, WORKFLOW_DESCRIPTION.length) ?? []).toString();
  return start.startsWith('"') || start === WORKFLOW_DESCRIPTION;
}

function metadataOf(payload: Payload, key: string): string {
  return Buffer.from(payload.metadata?.[key] ?? []).toString();
}
