import { TemplateError } from '../installer-file.ts';

/**
 * A `NAME=value` line of a file that a script reads with sed and never sources. Everything after the sign is the value, so
 * only what ends a line must be refused.
 */
export function settingLine(name: string, value: string | number): string {
  const text = String(value);
  // eslint-disable-next-line no-control-regex -- refusing control characters is the point
  if (/[\u0000-\u001f\u007f]/.test(text)) throw new TemplateError(`${name} cannot hold ${JSON.stringify(text)}`);
  return `${name}=${text}`;
}
