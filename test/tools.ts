import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * Undefined when the tool is on PATH. Otherwise a sentence for the test's name, which then skips; where skips are
 * forbidden (`CI=true`) a missing tool is an error instead.
 */
export function missingTool(...names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const missing = names.filter((name) => !folders.some((folder) => existsSync(path.join(folder, name))));
  if (missing.length === 0) return undefined;
  const sentence = ` (needs ${missing.join(', ')}, which this machine does not have)`;
  if (process.env['CI'] === 'true') throw new Error(`CI must not skip:${sentence}`);
  return sentence;
}
