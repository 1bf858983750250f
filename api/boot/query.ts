import { FIRMWARES } from '../../domain/platform.ts';
import type { Firmware } from '../../domain/platform.ts';
import { isUuid, parseSmbiosUuid } from '../../domain/identity.ts';

/** What a firmware says about its machine in the query of its request. Blank where it says nothing of use. */
export interface FirmwareFacts {
  readonly smbiosUuid: string | null;
  readonly serial: string;
  readonly manufacturer: string;
  readonly product: string;
  readonly firmware: Firmware | undefined;
}

const VALUE_LIMIT = 256;

/**
 * Reads the query as firmware writes it. iPXE sends SMBIOS text with `" < > \ ^ { | }` and stray bytes as they are, and a
 * vendor's `%` need not begin an escape. Nothing in here can be wrong; what is of no use is left out.
 */
export function readFirmwareFacts(query: string): FirmwareFacts {
  const fields = new Map<string, string>();
  for (const pair of query.split('&')) {
    const [name, ...value] = pair.split('=');
    if (name !== undefined) fields.set(decodeLeniently(name), clean(decodeLeniently(value.join('='))));
  }
  const uuid = (fields.get('uuid') ?? '').toLowerCase();
  return {
    smbiosUuid: isUuid(uuid) ? (parseSmbiosUuid(uuid) ?? null) : null,
    serial: fields.get('serial') ?? '',
    manufacturer: fields.get('manufacturer') ?? '',
    product: fields.get('product') ?? '',
    firmware: FIRMWARES.find((firmware) => firmware === fields.get('platform')),
  };
}

/** Percent escapes and raw bytes to text; what is no UTF-8 becomes a replacement character. */
export function decodeLeniently(text: string): string {
  const bytes = text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  // Node hands over a request line as Latin-1: one character is one byte.
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function clean(text: string): string {
  return (
    text
      .replaceAll(/\p{Cc}+/gu, ' ')
      .trim()
      .slice(0, VALUE_LIMIT)
      // The cut may have gone through the middle of a character.
      .replace(/\p{Cs}$/u, '')
  );
}

/** `/boot/52-54-00-12-34-56?uuid=…` taken apart without a parser that could refuse it. */
export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const at = target.indexOf('?');
  return at === -1 ? { path: target, query: '' } : { path: target.slice(0, at), query: target.slice(at + 1) };
}
