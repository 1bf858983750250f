import { TemplateError } from '../installer-file.ts';

/**
 * A value for the XML writer, which escapes `& < > " ]]>` itself but would pass on what XML cannot hold at all: control
 * characters, halves of surrogate pairs, U+FFFE and U+FFFF. Line ends and tabs are XML, but no setting has one.
 */
export function xmlText(value: string): string {
  // eslint-disable-next-line no-control-regex -- refusing control characters is the point
  if (/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/.test(value) || /\p{Cs}/u.test(value))
    throw new TemplateError('XML cannot hold the control characters in this value');
  return value;
}
