import { TemplateError } from '../installer-file.ts';

/*
 * cmd expands `%` before it looks at quotes, and no quote protects `"`, `!` or a line end. There is nothing to escape
 * with that holds in every place, so a value is made of harmless characters or it is refused.
 */

/** What stands between the quotes of `set "NAME=…"` and, once set, wherever a script of ours writes `%NAME%`. May be empty. */
export function cmdValue(value: string): string {
  if (!/^[A-Za-z0-9._:/[\]-]*$/.test(value)) throw new TemplateError(`cmd cannot be handed ${JSON.stringify(value)}`);
  return value;
}

/** The text of a script as cmd wants it: CRLF (labels get lost without), ASCII (code pages differ), no byte order mark. */
export function cmdFile(text: string): string {
  if (/[^\n\u0020-\u007e]/.test(text)) throw new TemplateError('a script for cmd is plain ASCII without tabs');
  return text.replaceAll('\n', '\r\n');
}
