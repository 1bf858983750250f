import { domainOfName, parseDistinguishedName } from '../../domain/distinguished-name.ts';
import type { FieldError } from '../../domain/errors.ts';
import type { DeploymentSettings, DomainJoin, SecretName } from '../../domain/settings.ts';
import { parseJoinAccount } from './join-account.ts';

/** Windows' own limit for a password that its tools can still set. */
const LONGEST_PASSWORD = 127;
const SHORTEST_PASSWORD = 8;
/** A password has characters of at least this many kinds, as the rule of a fresh Windows Server demands. */
const KINDS_NEEDED = 3;
const KINDS = [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u, /[^\p{L}\p{Nd}]/u];

/** What only Windows knows about a deployment's settings. Empty when the machine will accept them. */
export function validateWindowsSettings(
  settings: DeploymentSettings,
  secrets: Readonly<Record<SecretName, string | null>>,
): readonly FieldError[] {
  return [
    ...field('/settings/diskSerial', diskSerialFault(settings.diskSerial)),
    ...(settings.domain === null ? [] : domainFaults(settings.domain, secrets['domain-password'])),
    ...field('/secrets/administratorPassword', administratorFault(secrets['administrator-password'])),
  ];
}

function field(pointer: string, detail: string | undefined): readonly FieldError[] {
  return detail === undefined ? [] : [{ pointer, detail }];
}

function diskSerialFault(serial: string | null): string | undefined {
  if (serial === null || /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/.test(serial)) return undefined;
  return 'A disk’s serial number has letters, digits, dot, hyphen, underscore and colon here; leave out blanks.';
}

function domainFaults(domain: DomainJoin, password: string | null): readonly FieldError[] {
  return [
    ...field('/settings/domain/name', domainNameFault(domain.name)),
    ...field('/settings/domain/account', accountFault(domain)),
    ...field('/settings/domain/ou', domain.ou === null ? undefined : ouFault(domain.ou, domain.name)),
    ...field('/secrets/domainPassword', domainPasswordFault(password)),
  ];
}

function domainNameFault(name: string): string | undefined {
  const labels = name.split('.');
  const good =
    labels.length > 1 && labels.every((label) => /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label));
  return good && name.length <= 255 ? undefined : 'The domain is named as DNS does, such as corp.example.com.';
}

function accountFault({ account, name }: DomainJoin): string | undefined {
  if (parseJoinAccount(account, name) !== undefined) return undefined;
  return 'The join account is written svc-join, svc-join@corp.example.com or CORP\\svc-join.';
}

function ouFault(ou: string, domainName: string): string | undefined {
  const parts = parseDistinguishedName(ou);
  if (parts === undefined || parts[0]?.attribute === 'dc' || ou.length > 1_024)
    return 'An organisational unit is written OU=Servers,DC=corp,DC=example,DC=com.';
  if (domainOfName(parts).toLowerCase() !== domainName.toLowerCase())
    return `The organisational unit lies in another domain than ${domainName}.`;
  return undefined;
}

function administratorFault(password: string | null): string | undefined {
  if (password === null) return 'Windows needs a password for its administrator.';
  if (password.length < SHORTEST_PASSWORD || password.length > LONGEST_PASSWORD)
    return `The password has ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters.`;
  if (hasUnwritable(password)) return 'The password has a control character or a broken one.';
  if (password.toLowerCase().includes('administrator')) return 'The password may not contain the account’s name.';
  if (KINDS.filter((kind) => kind.test(password)).length < KINDS_NEEDED)
    return 'Windows wants three of these four in a password: capital letters, small letters, digits, other characters.';
  return undefined;
}

function domainPasswordFault(password: string | null): string | undefined {
  if (password === null || password === '') return 'Joining the domain needs the password of the join account.';
  if (hasUnwritable(password)) return 'The password has a control character or a broken one.';
  // Set-up reads it as the text of an element, whose ends XML readers may trim.
  if (password.trim() !== password) return 'The password may not begin or end with a blank.';
  return undefined;
}

/** Characters that XML cannot carry; the same that `xmlText` refuses. */
function hasUnwritable(text: string): boolean {
  return /[\p{Cc}\p{Cs}\ufffe\uffff]/u.test(text);
}
