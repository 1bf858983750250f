import { z } from 'zod';

/*
 * An image that only a simulated machine can install: it says in its first line what a system made from it would be,
 * where a real one holds that system. The rest is filling, so that there is something to download.
 */

const Content = z.object({
  octofleetPretendImage: z.literal(1),
  family: z.enum(['windows', 'linux']),
  name: z.string(),
  version: z.string(),
  /** By index, as in a WIM. */
  editions: z.record(z.string(), z.string()),
});
export type PretendImage = Omit<z.infer<typeof Content>, 'octofleetPretendImage'>;

/** The bytes of a pretend image: the same input gives the same bytes. */
export function writePretendImage(content: PretendImage, size: number): Buffer {
  const head = Buffer.from(`${JSON.stringify({ octofleetPretendImage: 1, ...content })}\n`);
  return Buffer.concat([head, filling(Math.max(0, size - head.length))]);
}

/** What a system made from these bytes would be; undefined for a real image. */
export function readPretendImage(bytes: Buffer): PretendImage | undefined {
  const end = bytes.indexOf('\n');
  const head = bytes.subarray(0, end).toString('utf8');
  if (end < 0 || !head.startsWith('{"octofleetPretendImage"')) return undefined;
  return Content.parse(JSON.parse(head));
}

/** Bytes without meaning, made without chance. */
export function filling(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = 1;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}
