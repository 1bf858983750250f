/** What a machine's firmware knows about it. */
export interface Identity {
  /** `52:54:00:12:34:56` */
  readonly mac: string;
  readonly uuid: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly product: string;
  readonly firmware: 'efi' | 'pcbios';
}

interface Setting {
  readonly bytes: Buffer;
  readonly type: string;
}

/** Characters that iPXE's `uristring` leaves as they are although a URL may not hold them. */
const LEFT_RAW = /%(22|3C|3E|5C|5E|7B|7C|7D)/g;

/** iPXE's variables: bytes with a type, printed in another type on demand (`${mac:hexhyp}`). */
export class Settings {
  readonly #values = new Map<string, Setting>();

  constructor(identity: Identity) {
    this.#values.set('mac', { bytes: Buffer.from(identity.mac.replaceAll(':', ''), 'hex'), type: 'hex' });
    this.#values.set('uuid', { bytes: Buffer.from(identity.uuid.replaceAll('-', ''), 'hex'), type: 'uuid' });
    for (const name of ['serial', 'manufacturer', 'product'] as const) this.set(name, identity[name]);
    this.set('platform', identity.firmware);
    // iPXE on BIOS says i386 on 64-bit machines too.
    this.set('buildarch', identity.firmware === 'efi' ? 'x86_64' : 'i386');
    this.set('ip', '192.0.2.101');
    this.set('dhcp-server', '192.0.2.1');
  }

  /** `set name:type value`; the type is part of the name as the script writes it. */
  set(name: string, value: string): void {
    const [key, type] = split(name);
    this.#values.set(key, { bytes: parse(value, type ?? 'string'), type: type ?? 'string' });
  }

  clear(name: string): void {
    this.#values.delete(split(name)[0]);
  }

  has(name: string): boolean {
    return (this.#values.get(split(name)[0])?.bytes.length ?? 0) > 0;
  }

  text(name: string): string {
    const [key, type] = split(name);
    const setting = this.#values.get(key);
    return setting === undefined ? '' : print(setting.bytes, type ?? setting.type);
  }

  /** Counters work on bytes, not on digits: one that was set without `:int32` counts from the digit's character code. */
  add(name: string, step: number): void {
    const [key, type] = split(name);
    const before = this.#values.get(key) ?? { bytes: Buffer.alloc(4), type: type ?? 'int32' };
    const number = before.bytes.length === 0 ? 0 : before.bytes.readUIntBE(0, Math.min(6, before.bytes.length));
    this.#values.set(key, { bytes: integer(number + step), type: type ?? before.type });
  }
}

/** `net0/mac:hexhyp` → `mac`, `hexhyp`: there is one network card, whatever a script calls it. */
function split(name: string): readonly [string, string | undefined] {
  const [path = '', type] = name.split(':');
  return [path.replace(/^net[0-9X]\//, ''), type];
}

function parse(value: string, type: string): Buffer {
  return /^u?int(8|16|32)$/.test(type) ? integer(Number(value)) : Buffer.from(value, 'utf8');
}

function print(bytes: Buffer, type: string): string {
  const pairs = bytes.toString('hex').match(/../g) ?? [];
  switch (type) {
    case 'hex':
      return pairs.join(':');
    case 'hexhyp':
      return pairs.join('-');
    case 'hexraw':
      return pairs.join('');
    case 'uuid':
      return pairs.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    case 'uristring':
      return encodeURIComponent(bytes.toString('utf8')).replaceAll(LEFT_RAW, (code) => decodeURIComponent(code));
    case 'int8':
    case 'int16':
    case 'int32':
      return String(bytes.length < 4 ? bytes.readUIntBE(0, bytes.length) : bytes.readInt32BE(0));
    default:
      return bytes.toString('utf8');
  }
}

function integer(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
