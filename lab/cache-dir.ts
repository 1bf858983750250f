import { homedir } from 'node:os';
import path from 'node:path';

/** The user's cache folder of Octofleet, the same that the service itself uses. */
export function labCacheDir(env: Readonly<Record<string, string | undefined>>): string {
  return path.join(env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'octofleet');
}
