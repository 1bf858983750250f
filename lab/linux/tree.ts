import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { CpioEntry } from './cpio.ts';

/** Every file below a folder as entries of an archive. */
export async function treeEntries(root: string): Promise<CpioEntry[]> {
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  return Promise.all(
    found
      .filter((entry) => entry.isFile())
      .map(async (entry): Promise<CpioEntry> => {
        const file = path.join(entry.parentPath, entry.name);
        return { path: path.relative(root, file), kind: 'file', content: await readFile(file), executable: false };
      }),
  );
}
