import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { Logger } from '@temporalio/worker';
import { FAILURE_CONVERTER_PATH } from './data-converter.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const WORKFLOWS = path.join(ROOT, 'workflows', 'deploy-machine.ts');
/** All that can find its way into a bundle, besides the SDK. */
const SOURCES = ['workflows', 'domain'];

/**
 * The workflows as the worker's sandbox wants them, in one file named after the content it was made from: made once
 * (some seconds), then found again by every later start and by every process beside this one.
 */
export async function workflowBundle(cacheDir: string, logger?: Logger): Promise<string> {
  const file = path.join(cacheDir, 'workflows', `${await sourceHash()}.js`);
  if (await readable(file)) return file;
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS,
    failureConverterPath: FAILURE_CONVERTER_PATH,
    ...(logger === undefined ? {} : { logger }),
  });
  await mkdir(path.dirname(file), { recursive: true });
  // Renamed into place, so that a process beside this one never reads half a bundle.
  const partial = `${file}.${process.pid}.partial`;
  await writeFile(partial, code);
  await rename(partial, file);
  return file;
}

async function sourceHash(): Promise<string> {
  const hash = createHash('sha256');
  const sdk = createHash('sha256').update(await readFile(path.join(ROOT, 'package-lock.json')));
  hash.update(sdk.digest()).update(await readFile(FAILURE_CONVERTER_PATH));
  for (const folder of SOURCES) {
    const names = (await readdir(path.join(ROOT, folder))).filter((name) => /(?<!\.test)\.ts$/.test(name)).sort();
    for (const name of names) hash.update(`${folder}/${name}\0`).update(await readFile(path.join(ROOT, folder, name)));
  }
  return hash.digest('hex').slice(0, 32);
}

async function readable(file: string): Promise<boolean> {
  try {
    await readFile(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
