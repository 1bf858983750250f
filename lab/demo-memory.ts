import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { MachineState } from './machine/state.ts';

/** What the demo keeps between two starts of the service. */
export type DemoMemory =
  { readonly over: true; readonly machine?: undefined } | { readonly over: false; readonly machine: MachineState };

export async function readMemory(file: string): Promise<DemoMemory | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as DemoMemory;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whole or not at all, and for our own eyes: the machine knows its credentials. */
export async function writeMemory(file: string, memory: DemoMemory): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, JSON.stringify(memory), { mode: 0o600 });
  await rename(`${file}.new`, file);
}
