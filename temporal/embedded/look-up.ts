import { access, constants } from 'node:fs/promises';
import path from 'node:path';

/** The first executable file of that name in the folders of a PATH. */
export async function onPath(name: string, pathVariable: string | undefined): Promise<string | undefined> {
  for (const folder of (pathVariable ?? '').split(path.delimiter)) {
    if (folder === '') continue;
    const file = await existing(path.join(folder, name));
    if (file !== undefined) return file;
  }
  return undefined;
}

/** The file itself when it is there and may be run. */
export async function existing(file: string): Promise<string | undefined> {
  return access(file, constants.X_OK).then(
    () => file,
    () => undefined,
  );
}
