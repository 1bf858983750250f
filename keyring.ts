import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** A value sealed with AES-256-GCM, and the id of the key that opens it. */
export interface Sealed {
  readonly keyId: string;
  readonly bytes: Buffer;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The service's own keys, all derived from one 32-byte master key: `mac` signs the credentials that machines carry,
 * `seal` and `open` guard secrets at rest. The master key itself never leaves this object.
 */
export class Keyring {
  readonly #master: Buffer;
  /** Names the master key without telling it, so that a value sealed by another is refused with a clear word. */
  readonly keyId: string;

  constructor(master: Buffer) {
    if (master.length !== 32) throw new RangeError('the master key has 32 bytes');
    this.#master = master;
    this.keyId = createHash('sha256').update('octofleet key id').update(master).digest('hex').slice(0, 16);
  }

  static generate(): Buffer {
    return randomBytes(32);
  }

  /** HMAC-SHA-256 under a key of its own for each purpose, cut to 16 bytes: enough against guessing, short in a URL. */
  mac(purpose: string, ...parts: readonly (string | Buffer)[]): Buffer {
    const hmac = createHmac('sha256', this.#derive(`mac ${purpose}`));
    for (const part of parts) {
      const bytes = typeof part === 'string' ? Buffer.from(part) : part;
      // The length in front keeps ('ab', 'c') and ('a', 'bc') apart.
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      hmac.update(length).update(bytes);
    }
    return hmac.digest().subarray(0, 16);
  }

  /** `context` names where the value lives; a ciphertext moved to another place does not open. */
  seal(plain: string, context: string): Sealed {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#derive('seal'), iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(context));
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return { keyId: this.keyId, bytes: Buffer.concat([iv, cipher.getAuthTag(), body]) };
  }

  open({ keyId, bytes }: Sealed, context: string): string {
    if (keyId !== this.keyId) throw new Error(`this value was sealed with key ${keyId}; the service has ${this.keyId}`);
    const decipher = createDecipheriv('aes-256-gcm', this.#derive('seal'), bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  }

  #derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#master, 'octofleet', purpose, 32));
  }
}

/** SHA-256, for random tokens at rest: they need no slow hash. */
export function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

export function equalBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
