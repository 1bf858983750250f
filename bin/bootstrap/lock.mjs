import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Two starts in one checkout must not install into it at the same time: the second waits. */
export async function withLock(folder, work) {
  const file = path.join(folder, 'bootstrap.lock');
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    // A checkout that belongs to somebody else: we cannot install into it either, and if it is ready we need not.
    if (!['EACCES', 'EROFS', 'EPERM'].includes(error.code)) throw error;
    return work();
  }
  for (let told = false; !take(file); told = true) {
    if (!told) console.log('Another start is preparing this checkout; waiting for it …');
    await sleep(300);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (!holderLives(file)) rmSync(file, { force: true });
  return false;
}

function holderLives(file) {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
