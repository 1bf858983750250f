import { equalBytes } from './keyring.ts';
import type { Keyring } from './keyring.ts';

/*
 * What machines carry. Every credential is derived from the service's key, so handing one out writes nothing (a GET may
 * do it, as often as the machine asks) and a forged one is refused without asking the database.
 */

const UUID_BYTES = 16;
const ORDINAL_BYTES = 2;
const MAC_BYTES = 16;

/** Which try of which attempt a boot script was rendered for. */
export interface NonceSubject {
  readonly attemptId: string;
  /** One more than the exchanges the attempt has seen: the same until it is used, another one afterwards. */
  readonly ordinal: number;
}

/** The credential in a boot script. It is worth one exchange and nothing else. */
export function nonceFor(keyring: Keyring, { attemptId, ordinal }: NonceSubject): string {
  const head = Buffer.alloc(UUID_BYTES + ORDINAL_BYTES);
  bytesOfUuid(attemptId).copy(head);
  head.writeUInt16BE(ordinal, UUID_BYTES);
  return Buffer.concat([head, keyring.mac('nonce', head)]).toString('base64url');
}

/** Whom a nonce was made for, or undefined when it is not one of ours. */
export function readNonce(keyring: Keyring, text: string): NonceSubject | undefined {
  const head = authenticHead(keyring, 'nonce', text, UUID_BYTES + ORDINAL_BYTES);
  if (head === undefined) return undefined;
  return { attemptId: uuidOfBytes(head.subarray(0, UUID_BYTES)), ordinal: head.readUInt16BE(UUID_BYTES) };
}

/** What an exchange answers with: the right to speak for this installer session. */
export function sessionToken(keyring: Keyring, sessionId: string): string {
  const head = bytesOfUuid(sessionId);
  return Buffer.concat([head, keyring.mac('session', head)]).toString('base64url');
}

/** The installer session that a token speaks for, or undefined when it is not one of ours. */
export function readSessionToken(keyring: Keyring, text: string): string | undefined {
  const head = authenticHead(keyring, 'session', text, UUID_BYTES);
  return head === undefined ? undefined : uuidOfBytes(head);
}

/** What the agent of an attempt's system enrols with, once. The database holds its digest. */
export function enrolmentToken(keyring: Keyring, attemptId: string): string {
  return keyring.mac('enrolment', bytesOfUuid(attemptId)).toString('base64url');
}

/**
 * What an enrolled agent signs in with from then on. The client's own key is part of it, so a lost answer can be
 * repeated to the same client and to nobody else. The database holds its digest.
 */
export function deviceKey(keyring: Keyring, enrolmentTokenId: string, clientKey: string): string {
  return keyring.mac('device', bytesOfUuid(enrolmentTokenId), clientKey).toString('base64url');
}

/** The bytes before the signature, when text is exactly what we would have written for them. */
function authenticHead(keyring: Keyring, purpose: string, text: string, headBytes: number): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  // Decoding forgives foreign characters and stray bits; a credential has one spelling.
  if (bytes.length !== headBytes + MAC_BYTES || bytes.toString('base64url') !== text) return undefined;
  const head = bytes.subarray(0, headBytes);
  return equalBytes(bytes.subarray(headBytes), keyring.mac(purpose, head)) ? head : undefined;
}

function bytesOfUuid(uuid: string): Buffer {
  const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex');
  if (bytes.length !== UUID_BYTES) throw new RangeError(`not a UUID: ${uuid}`);
  return bytes;
}

function uuidOfBytes(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
