import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';

export type Environment = Readonly<NodeJS.ProcessEnv>;

/** The environment, and below it what the file `.env` says, if there is one. */
export async function withDotEnv(environment: Environment, file: string): Promise<Environment> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  return { ...parseEnv(text), ...environment };
}
