import { Buffer } from 'node:buffer';

/** One entry of an archive. Everything belongs to root and is as old as the epoch, so same entries, same bytes. */
export type CpioEntry =
  | { readonly path: string; readonly kind: 'directory' }
  | { readonly path: string; readonly kind: 'file'; readonly content: Buffer; readonly executable: boolean }
  | { readonly path: string; readonly kind: 'link'; readonly to: string }
  | { readonly path: string; readonly kind: 'character-device'; readonly major: number; readonly minor: number };

/**
 * An archive in the kernel's own format (`newc`). Written here and not by the cpio program, so that device nodes need no
 * root and the bytes depend on the entries alone. Missing parent folders are added.
 */
export function cpio(entries: readonly CpioEntry[]): Buffer {
  const all = withParents(entries).sort((a, b) => (a.path < b.path ? -1 : 1));
  const parts = all.flatMap((entry, index) => record(entry, index + 1));
  const trailer = record({ path: 'TRAILER!!!', kind: 'file', content: Buffer.alloc(0), executable: false }, 0);
  return Buffer.concat([...parts, ...trailer]);
}

function withParents(entries: readonly CpioEntry[]): CpioEntry[] {
  const byPath = new Map<string, CpioEntry>(entries.map((entry) => [entry.path, entry]));
  for (const { path } of entries) {
    const names = path.split('/').slice(0, -1);
    for (let depth = 1; depth <= names.length; depth += 1) {
      const parent = names.slice(0, depth).join('/');
      if (!byPath.has(parent)) byPath.set(parent, { path: parent, kind: 'directory' });
    }
  }
  return [...byPath.values()];
}

const TYPE = { directory: 0o040_755, file: 0o100_644, link: 0o120_777, 'character-device': 0o020_600 } as const;

function record(entry: CpioEntry, inode: number): Buffer[] {
  const name = Buffer.from(`${entry.path}\0`);
  const body = entry.kind === 'file' ? entry.content : Buffer.from(entry.kind === 'link' ? entry.to : '');
  const mode = entry.kind === 'file' && entry.executable ? 0o100_755 : TYPE[entry.kind];
  const [major, minor] = entry.kind === 'character-device' ? [entry.major, entry.minor] : [0, 0];
  // inode, mode, uid, gid, links, mtime, size, device of the archive (2), device itself (2), length of the name, checksum
  const fields = [inode, mode, 0, 0, 1, 0, body.length, 0, 0, major, minor, name.length, 0];
  const head = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return [padded(Buffer.concat([head, name])), padded(body)];
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
