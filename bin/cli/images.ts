import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ParseArgsConfig } from 'node:util';
import { createGunzip } from 'node:zlib';
import { ImageView } from '../../api/contract/inventory.ts';
import { StartFailure } from '../service/sentence.ts';
import { addAsset } from './assets.ts';
import { sizeOf } from './service.ts';
import type { Service } from './service.ts';

export const IMAGE_OPTIONS = {
  name: { type: 'string' },
  kind: { type: 'string' },
  edition: { type: 'string' },
  index: { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

interface ImageWords {
  readonly name?: string | undefined;
  readonly kind?: string | undefined;
  readonly edition?: string | undefined;
  readonly index?: string | undefined;
}

/** Adds the file and the catalogue entry that names it. */
export async function addImage(service: Service, file: string | undefined, words: ImageWords): Promise<void> {
  if (file === undefined) throw new StartFailure('say which: image add FILE');
  const kind = words.kind ?? (/\.(wim|esd)$/i.test(file) ? 'wim' : 'raw-disk');
  const description = kind === 'wim' ? wimWords(words) : await diskWords(file);
  const { sha256 } = await addAsset(service, file, { role: 'image' });
  const name = words.name ?? path.basename(file);
  const image = ImageView.parse(
    await service.call('POST', '/images', { kind, name, assetSha256: sha256, ...description }),
  );
  console.log(`The catalogue has “${image.name}” now: ${service.url}/images/${image.id}`);
  for (const { role, cure } of image.missing) console.log(`Before it can be installed it needs ${role}: ${cure}`);
}

function wimWords({ edition, index }: ImageWords): object {
  if (edition === undefined || index === undefined) {
    throw new StartFailure('a Windows image needs --edition (ServerStandard …) and --index (its number in the file)');
  }
  return { edition, wimIndex: Number(index) };
}

async function diskWords(file: string): Promise<object> {
  if (!(await isGzip(file))) return { compression: 'none', diskSize: (await sizeOf(file)).size };
  console.log(`Reading ${file} once, to know how large a disk it needs …`);
  let diskSize = 0;
  const count = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      diskSize += chunk.length;
      done();
    },
  });
  await pipeline(createReadStream(file), createGunzip(), count);
  return { compression: 'gzip', diskSize };
}

async function isGzip(file: string): Promise<boolean> {
  await sizeOf(file);
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.readUInt16BE() === 0x1f8b;
  } finally {
    await handle.close();
  }
}
