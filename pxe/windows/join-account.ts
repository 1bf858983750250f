/** An account of a directory, split as `UnattendedJoin` wants it. */
export interface JoinAccount {
  readonly user: string;
  /** The directory that knows the account: DNS or NetBIOS name. */
  readonly domain: string;
}

/** What no account name of a directory can hold, and `@`, which divides. */
const USER =
  /^[^\p{Cc}\p{Cs}"/\\[\]:;|=,+*?<>@ ]([^\p{Cc}\p{Cs}"/\\[\]:;|=,+*?<>@]{0,62}[^\p{Cc}\p{Cs}"/\\[\]:;|=,+*?<>@ ])?$/u;
const DNS_NAME = /^[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*$/;
const NETBIOS_NAME = /^[A-Za-z0-9-]{1,15}$/;

/** Reads `svc-join`, `svc-join@corp.example.com` or `CORP\svc-join`; undefined for anything else. */
export function parseJoinAccount(text: string, joining: string): JoinAccount | undefined {
  const { user, domain, valid } = split(text, joining);
  return valid && USER.test(user) ? { user, domain } : undefined;
}

function split(text: string, joining: string): JoinAccount & { readonly valid: boolean } {
  const slash = text.indexOf('\\');
  if (slash >= 0) {
    const domain = text.slice(0, slash);
    return { user: text.slice(slash + 1), domain, valid: NETBIOS_NAME.test(domain) };
  }
  const at = text.indexOf('@');
  const domain = at < 0 ? joining : text.slice(at + 1);
  return { user: at < 0 ? text : text.slice(0, at), domain, valid: DNS_NAME.test(domain) };
}
