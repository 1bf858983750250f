import { TemplateError } from '../installer-file.ts';

/*
 * iPXE has no quotes: a line is cut at blanks, `${` is expanded everywhere, and a line break starts a new command.
 * So a value is either made of harmless characters or it is refused.
 */

/** One word of a command: an id, a credential, a MAC in `hexhyp`. It cannot begin with a hyphen, or it would be an option. */
export function ipxeWord(value: string): string {
  if (!/^[A-Za-z0-9._:=+,@/][A-Za-z0-9._:=+,@/-]*$/.test(value) || value.endsWith('\n'))
    throw new TemplateError(`iPXE cannot be handed ${JSON.stringify(value)} as one word`);
  return value;
}

/** A whole address. What `encodeURIComponent` leaves bare and iPXE need not see is written in its percent form. */
export function ipxeUrl(value: string): string {
  const bare = value.replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  if (!/^https?:\/\/[A-Za-z0-9[\]._~:/%?&=+,@-]+$/.test(bare) || bare.endsWith('\n'))
    throw new TemplateError(`iPXE cannot be handed ${JSON.stringify(value)} as an address`);
  return bare;
}

/** One argument of a Linux kernel, `name=value`. */
export function kernelArgument(name: string, value: string): string {
  if (!/^[A-Za-z0-9._~:/@,+=%[\]-]+$/.test(value) || value.endsWith('\n'))
    throw new TemplateError(`a kernel line cannot carry ${name}=${JSON.stringify(value)}`);
  return `${name}=${value}`;
}

/** For the person before the screen: whatever could mean something to iPXE is left out. Always follows a word of ours. */
export function ipxeText(value: string): string {
  return value
    .replaceAll(/[^A-Za-z0-9 .,:-]+/g, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim()
    .slice(0, 200);
}
