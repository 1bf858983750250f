/** One step of a distinguished name: `OU=Servers` is `{ attribute: 'ou', value: 'Servers' }`. */
export interface NamePart {
  readonly attribute: 'ou' | 'cn' | 'dc';
  /** As a person reads it: escapes are undone. */
  readonly value: string;
}

/** What must stand behind a backslash inside a value (RFC 4514). */
const SPECIAL = new Set([',', '+', '"', '\\', '<', '>', ';', '=', '#', ' ']);
const FIRST_CONTROL = 0x20;

/**
 * Reads `OU=Servers,OU=Berlin,DC=corp,DC=example,DC=com`, the place of an object in a directory. Undefined for anything
 * else: several values in one step, hexadecimal escapes, attributes that no container has and a domain that is not at the
 * end are refused, not guessed.
 */
export function parseDistinguishedName(text: string): readonly NamePart[] | undefined {
  const parts = splitUnescaped(text)?.map(readPart);
  if (parts?.every((part) => part !== undefined) !== true) return undefined;
  const firstDomainPart = parts.findIndex(({ attribute }) => attribute === 'dc');
  const domainParts = firstDomainPart < 0 ? [] : parts.slice(firstDomainPart);
  return domainParts.every(({ attribute }) => attribute === 'dc') ? parts : undefined;
}

/** The DNS name of the domain that a distinguished name lies in: its `dc` steps. */
export function domainOfName(parts: readonly NamePart[]): string {
  return parts
    .filter(({ attribute }) => attribute === 'dc')
    .map(({ value }) => value)
    .join('.');
}

function splitUnescaped(text: string): readonly string[] | undefined {
  const pieces: string[] = [''];
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char.charCodeAt(0) < FIRST_CONTROL || char === '\u007f') return undefined;
    if (char === ',') {
      pieces.push('');
      continue;
    }
    const taken = char === '\\' ? text.slice(at, at + 2) : char;
    pieces.push(`${pieces.pop() ?? ''}${taken}`);
    at += taken.length - 1;
  }
  return pieces;
}

function readPart(piece: string): NamePart | undefined {
  const found = /^\s*(ou|cn|dc)=(.+)$/is.exec(piece);
  const attribute = found?.[1]?.toLowerCase();
  const value = found?.[2] === undefined ? undefined : unescaped(found[2]);
  if (value === undefined || (attribute !== 'ou' && attribute !== 'cn' && attribute !== 'dc')) return undefined;
  return { attribute, value };
}

function unescaped(raw: string): string | undefined {
  if (/^[ #]/.test(raw) || /(?<!\\) $/.test(raw)) return undefined;
  let value = '';
  for (let at = 0; at < raw.length; at++) {
    const char = raw.charAt(at);
    if (char === '\\') {
      const next = raw.charAt(++at);
      if (!SPECIAL.has(next)) return undefined;
      value += next;
    } else if (SPECIAL.has(char) && char !== ' ' && char !== '#') {
      return undefined;
    } else {
      value += char;
    }
  }
  return value;
}
