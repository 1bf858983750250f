import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runNpm } from './install.mjs';

/** What the pages are made of. */
const SOURCES = ['ui', 'api/contract', 'domain', 'package-lock.json'];

/** Builds the pages when their sources are not those of the last build. */
export async function buildUi(root) {
  const stamp = path.join(root, 'ui', 'build', 'sources.sha256');
  const digest = digestOf(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  console.log('Building the pages, because their sources have changed. This takes about half a minute.');
  await runNpm(root, ['run', '--silent', 'build:ui']);
  writeFileSync(stamp, digest);
}

function digestOf(root) {
  const hash = createHash('sha256');
  for (const source of SOURCES) addTo(hash, root, source);
  return hash.digest('hex');
}

function addTo(hash, root, name) {
  const at = path.join(root, name);
  if (name === path.join('ui', 'build')) return;
  const entries = readEntries(at);
  if (entries === undefined) hash.update(`${name}\0`).update(readFileSync(at)).update('\0');
  else for (const entry of entries.sort()) addTo(hash, root, path.join(name, entry));
}

/** The names in a folder, or undefined for a file. */
function readEntries(at) {
  try {
    return readdirSync(at);
  } catch (error) {
    if (error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}
