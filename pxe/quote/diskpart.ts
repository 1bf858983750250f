import { TemplateError } from '../installer-file.ts';

/*
 * diskpart reads one command a line, cuts it at blanks, and knows `name=value`. It has no quotes worth the name.
 */

/** A label, a drive letter, a partition type: one word. */
export function diskpartWord(value: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(value))
    throw new TemplateError(`diskpart cannot be handed ${JSON.stringify(value)} as one word`);
  return value;
}

/** A size in whole MiB. */
export function diskpartSize(mebibytes: number): string {
  if (!Number.isSafeInteger(mebibytes) || mebibytes < 1)
    throw new TemplateError(`diskpart cannot make a partition of ${mebibytes} MiB`);
  return String(mebibytes);
}
