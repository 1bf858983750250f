import { spawn } from 'node:child_process';
import { readFileSync, statfsSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { Failure } from './failure.mjs';

const NEEDED_BYTES = 900_000_000;
const REPORT_EVERY_MS = 10_000;

/** Brings node_modules to what the lock file says, if it is not there already. */
export async function installPackages(root) {
  const reason = reasonToInstall(root);
  if (reason === undefined) return;
  refuseFullDisk(root);
  console.log(`Installing packages, because ${reason}. The first time this takes one to three minutes.`);
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  const ticking = setInterval(() => console.log(`  … still installing, ${seconds()} s`), REPORT_EVERY_MS);
  try {
    // Without a network npm would try for minutes before it says so.
    const patience = ['--fetch-retries=3', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];
    await runNpm(root, [
      'ci',
      '--ignore-scripts',
      '--include=dev',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      ...patience,
    ]);
  } finally {
    clearInterval(ticking);
  }
  console.log(`Packages installed in ${seconds()} s.`);
}

/**
 * Compares the lock file with npm's own record of what it installed. The record is written last, so an installation
 * that was interrupted has none.
 */
function reasonToInstall(root) {
  const wanted = packagesIn(path.join(root, 'package-lock.json'));
  if (wanted === undefined) throw new Failure('package-lock.json is missing; is this a whole checkout?');
  const present = packagesIn(path.join(root, 'node_modules', '.package-lock.json'));
  if (present === undefined) return 'there are none yet';
  for (const [where, { version, optional, devOptional, link }] of Object.entries(wanted)) {
    if (where === '' || link) continue;
    const found = present[where]?.version;
    // An optional package may be meant for another platform.
    if (found === undefined ? !(optional || devOptional) : found !== version) return 'the lock file has changed';
  }
  return undefined;
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function refuseFullDisk(folder) {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize > NEEDED_BYTES) return;
  throw new Failure(
    `only ${Math.round((bavail * bsize) / 1_000_000)} MB are free on the disk of ${folder}, and the packages need about ${NEEDED_BYTES / 1_000_000} MB; free some space and start again`,
  );
}

/** The npm that started us if one did, else the one on PATH. Its words are kept for the sentence that explains a failure. */
export async function runNpm(root, args) {
  const own = process.env.npm_execpath;
  const [file, first] = own?.endsWith('.js') || own?.endsWith('.cjs') ? [process.execPath, [own]] : ['npm', []];
  const child = spawn(file, [...first, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const stop = (signal) => {
    child.kill(signal);
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of signals) process.on(signal, stop);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (said = (said + chunk).slice(-8_000)));
  try {
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code !== 0) throw new Failure(explain(`npm ${args[0]}`, said));
  } catch (error) {
    if (error.code === 'ENOENT')
      throw new Failure('npm is not on PATH; it comes with Node, so install Node from https://nodejs.org');
    throw error;
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

function explain(what, said) {
  if (/ENOSPC/.test(said)) return `the disk is full (${what}); free some space and start again`;
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR/.test(
      said,
    )
  ) {
    return `the package registry cannot be reached (${what}); connect to the network, or set npm's "registry" or "proxy", and start again`;
  }
  if (/EACCES|EPERM|EROFS/.test(said))
    return `${what} may not write here; give this user write access to the checkout\n${said.trim()}`;
  return `${what} failed:\n${said.trim()}`;
}
