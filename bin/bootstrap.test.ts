import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
let clone: string;

beforeEach(() => {
  clone = mkdtempSync(path.join(tmpdir(), 'octofleet-bootstrap-'));
  for (const name of ['bin', 'package.json', 'package-lock.json'])
    cpSync(path.join(ROOT, name), path.join(clone, name), { recursive: true });
});

afterEach(() => {
  rmSync(clone, { recursive: true, force: true });
});

/** An npm that says one thing and fails. */
function npmThatSays(words: string): string {
  const folder = path.join(clone, 'fake');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'npm'), `#!/bin/sh\necho '${words}' >&2\nexit 1\n`);
  chmodSync(path.join(folder, 'npm'), 0o755);
  return folder;
}

function start({ npm, nodeOptions = [] }: { readonly npm?: string; readonly nodeOptions?: readonly string[] }) {
  const env: NodeJS.ProcessEnv = { ...process.env, ...(npm !== undefined && { PATH: npm }) };
  delete env['npm_execpath'];
  return spawnSync(process.execPath, [...nodeOptions, path.join(clone, 'bin/bootstrap.mjs'), 'start'], {
    env,
    encoding: 'utf8',
  });
}

describe('the first start of a fresh clone', () => {
  it('says which Node it needs', () => {
    const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.0' } })`;

    const { status, stderr } = start({ nodeOptions: ['--import', `data:text/javascript,${encodeURIComponent(old)}`] });

    expect(stderr.trim()).toBe(
      'octofleet: this is Node 18.20.0, and Octofleet needs 20.19 or newer; install one from https://nodejs.org',
    );
    expect(status).toBe(1);
  });

  it.each([
    ['npm error code ENOTFOUND', /^octofleet: the package registry cannot be reached .*connect to the network/],
    ['npm error code ENOSPC', /^octofleet: the disk is full .*free some space/],
    ['npm error code EACCES', /^octofleet: npm ci may not write here; give this user write access/],
  ])('turns “%s” into one sentence with a cure', (words, sentence) => {
    const { status, stderr } = start({ npm: npmThatSays(words) });

    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(status).toBe(1);
    expect(existsSync(path.join(clone, 'node_modules'))).toBe(false);
  });

  it('says that npm is missing', () => {
    const { status, stderr } = start({ npm: path.join(clone, 'nowhere') });

    expect(stderr.trim()).toBe(
      'octofleet: npm is not on PATH; it comes with Node, so install Node from https://nodejs.org',
    );
    expect(status).toBe(1);
  });

  it('says that the checkout is not whole', () => {
    rmSync(path.join(clone, 'package-lock.json'));

    const { status, stderr } = start({});

    expect(stderr).toMatch(/^octofleet: package-lock\.json is missing/);
    expect(status).toBe(1);
  });
});
