import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** One built file. */
export interface BuiltFile {
  readonly path: string;
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
}

/** The folder `<parent>/<name>`, made by `make` on first use. It appears when it is whole, so a broken build leaves nothing. */
export async function folderOnce(parent: string, name: string, make: (dir: string) => Promise<void>): Promise<string> {
  const target = path.join(parent, name);
  if (await exists(target)) return target;
  await mkdir(parent, { recursive: true });
  const draft = path.join(parent, `.${name}.${randomBytes(6).toString('hex')}`);
  await mkdir(draft);
  try {
    await make(draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Somebody else was faster; theirs is as good.
    if (!(await exists(target))) throw error;
  }
  return target;
}

/** A name for what is made from these inputs. */
export function keyOf(...inputs: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 24);
}

export async function builtFile(file: string): Promise<BuiltFile> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return { path: file, name: path.basename(file), sha256: hash.digest('hex'), size: (await stat(file)).size };
}

export async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
