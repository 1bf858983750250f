import { DomainError } from './errors.ts';

/** A MAC address in its one spelling: six lower-case hexadecimal pairs with colons, `52:54:00:12:34:56`. */
export type Mac = string & { readonly __mac: true };

const SEPARATORS = /[\s:.-]/g;

/**
 * Reads a MAC address however people and firmware write it: colons, hyphens, Cisco's dots, or bare digits.
 * Refuses what can never be a boot NIC: multicast, broadcast and all-zero addresses.
 */
export function parseMac(text: string): Mac {
  const digits = text.trim().replaceAll(SEPARATORS, '').toLowerCase();
  if (text.length > 64 || !/^[0-9a-f]{12}$/.test(digits))
    throw new DomainError('invalid-mac', 'A MAC address has twelve hexadecimal digits, such as 52:54:00:12:34:56.');
  if (digits === '000000000000')
    throw new DomainError('invalid-mac', 'The address 00:00:00:00:00:00 belongs to no machine.');
  if ((Number.parseInt(digits.slice(0, 2), 16) & 1) === 1)
    throw new DomainError('invalid-mac', 'This is a multicast or broadcast address; a network card never has one.');
  return (digits.match(/../g) ?? []).join(':') as Mac;
}

/** iPXE's `hexhyp` spelling, safe in a URL: `52-54-00-12-34-56`. */
export function macInUrl(mac: Mac): string {
  return mac.replaceAll(':', '-');
}

/** UUIDs that firmware vendors ship instead of a real one. They identify nobody. */
const PLACEHOLDER_UUIDS = new Set([
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '03000200-0400-0500-0006-000700080009',
  '12345678-1234-5678-90ab-cddeefaabbcc',
]);

/** The SMBIOS UUID in lower case, or undefined when the firmware reports a placeholder. */
export function parseSmbiosUuid(text: string): string | undefined {
  const uuid = text.trim().toLowerCase();
  if (!isUuid(uuid))
    throw new DomainError('invalid-smbios-uuid', 'An SMBIOS UUID has the form 4c4c4544-0042-3510-8053-b4c04f4e4a32.');
  return PLACEHOLDER_UUIDS.has(uuid) ? undefined : uuid;
}

/**
 * Do two readings name the same machine? Before SMBIOS 2.6 nobody said in which order the bytes of the first three groups
 * stand, so the same board reads differently in its firmware and in its system.
 */
export function sameSmbiosUuid(a: string, b: string): boolean {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  return one === other || swapped(one) === other;
}

function swapped(uuid: string): string {
  return uuid.replace(
    /^(..)(..)(..)(..)-(..)(..)-(..)(..)-/,
    (_, ...bytes: string[]) =>
      `${bytes[3]}${bytes[2]}${bytes[1]}${bytes[0]}-${bytes[5]}${bytes[4]}-${bytes[7]}${bytes[6]}-`,
  );
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/** NetBIOS allows 15 characters, DNS a label of 63. Windows needs both. */
const HOST_NAME_LIMIT = { windows: 15, linux: 63 } as const;

/** A host name as both DNS and the operating system accept it. Case is kept; comparison ignores it. */
export function parseHostName(text: string, family: 'windows' | 'linux'): string {
  const name = text.trim();
  const limit = HOST_NAME_LIMIT[family];
  if (name.length === 0 || name.length > limit)
    throw new DomainError('invalid-host-name', `A host name on this system has 1 to ${limit} characters.`);
  if (!/^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(name))
    throw new DomainError('invalid-host-name', 'A host name has letters, digits and inner hyphens only.');
  if (/^\d+$/.test(name)) throw new DomainError('invalid-host-name', 'A host name may not consist of digits alone.');
  return name;
}

/** `win-123456`, from the last six digits of the MAC: what a machine is called when nobody named it. */
export function suggestedHostName(mac: Mac, family: 'windows' | 'linux'): string {
  return `${family === 'windows' ? 'WIN' : 'lin'}-${mac.replaceAll(':', '').slice(6)}`;
}
