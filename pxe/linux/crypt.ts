import { createHash } from 'node:crypto';

const ROUNDS = 5_000;
const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * A password as `/etc/shadow` keeps it (SHA-512 crypt, `$6$`, as Ulrich Drepper specified it), so that no answer file has to
 * carry the password itself. The salt is made from `unique`: same input, same bytes.
 */
export function shadowHash(password: string, unique: string): string {
  const salt = sha512(unique).toString('base64').replaceAll('+', '.').replaceAll('=', '').slice(0, 16);
  return sha512Crypt(Buffer.from(password), salt);
}

export function sha512Crypt(key: Buffer, salt: string): string {
  const saltBytes = Buffer.from(salt.slice(0, 16), 'latin1');
  const twice = sha512(key, saltBytes, key);

  const parts: Buffer[] = [key, saltBytes, repeatTo(twice, key.length)];
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push((bits & 1) === 1 ? twice : key);
  let digest = sha512(...parts);

  const keyMask = repeatTo(sha512(...Array.from({ length: key.length }, () => key)), key.length);
  const saltMask = repeatTo(
    sha512(...Array.from({ length: 16 + (digest[0] ?? 0) }, () => saltBytes)),
    saltBytes.length,
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    const odd = round % 2 === 1;
    digest = sha512(
      odd ? keyMask : digest,
      round % 3 === 0 ? EMPTY : saltMask,
      round % 7 === 0 ? EMPTY : keyMask,
      odd ? digest : keyMask,
    );
  }
  return `$6$${saltBytes.toString('latin1')}$${encode(digest)}`;
}

const EMPTY = Buffer.alloc(0);

function sha512(...parts: readonly (Buffer | string)[]): Buffer {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function repeatTo(block: Buffer, length: number): Buffer {
  return Buffer.alloc(length, block);
}

/** Three bytes from three thirds of the digest, whose roles rotate with every group; six bits a character, lowest first. */
function encode(digest: Buffer): string {
  const byte = (index: number) => digest[index] ?? 0;
  let text = '';
  for (let group = 0; group < 21; group += 1) {
    const thirds = [group, group + 21, group + 42];
    const [high, middle, low] = [0, 1, 2].map((place) => byte(thirds[(place + group) % 3] ?? 0));
    text += sixBits(((high ?? 0) << 16) | ((middle ?? 0) << 8) | (low ?? 0), 4);
  }
  return text + sixBits(byte(63), 2);
}

function sixBits(value: number, characters: number): string {
  return Array.from({ length: characters }, (_, place) => ALPHABET.charAt((value >> (6 * place)) & 63)).join('');
}
