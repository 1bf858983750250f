import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isAlive, statOf } from './table.ts';

/** Another living process works in this folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
  readonly pid: number;

  constructor(folder: string, pid: number) {
    super(`The folder ${folder} is in use by process ${pid}`);
    this.pid = pid;
  }
}

/**
 * Takes a folder for this process until the returned function is called. A lock whose process is gone, or whose
 * process id now belongs to another program, is taken over.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = path.join(folder, 'lock');
  const mine = `${process.pid} ${(await statOf(process.pid))?.started ?? ''}`.trim();
  for (;;) {
    try {
      await writeFile(file, mine, { flag: 'wx', mode: 0o600 });
      return () => rm(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = await livingHolder(file);
    if (holder !== undefined) throw new FolderInUse(folder, holder);
    await rm(file, { force: true });
  }
}

async function livingHolder(file: string): Promise<number | undefined> {
  const [pid = NaN, started] = (await readFile(file, 'utf8').catch(() => '')).split(' ').map(Number);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
  const now = await statOf(pid);
  if (started === undefined || now === undefined || Number(now.started) === started) return pid;
  return undefined;
}
