import { MASK } from '../installer-file.ts';
import { xmlText } from '../quote/xml.ts';

/**
 * How an answer file disguises the administrator's password: base64 of UTF-16LE of the password with the element's own
 * name behind it. No encryption; anybody can undo it. A masked password stays masked, so that a preview shows it is one.
 */
export function disguisedAdministratorPassword(password: string): string {
  if (password === MASK) return MASK;
  return Buffer.from(`${xmlText(password)}AdministratorPassword`, 'utf16le').toString('base64');
}
