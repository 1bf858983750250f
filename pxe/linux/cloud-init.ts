import { stringify } from 'yaml';
import { MASK, TemplateError } from '../installer-file.ts';
import type { InstallerContext } from '../installer-file.ts';
import { shadowHash } from './crypt.ts';
import { linuxKeyboard, linuxLocale } from './locale.ts';

/*
 * The NoCloud seed that the installer leaves on the disk: cloud-init needs no metadata service then. Documents are built as
 * data and serialised once, so no value can become a key.
 */

/** What the system shall be. The password only as its hash. */
export function renderUserData(context: InstallerContext): string {
  const { settings, secrets } = context;
  if (settings.domain !== null)
    throw new TemplateError('A Linux system cannot be joined to a domain yet; leave the domain out.');
  const password = secrets['administrator-password'];
  return cloudConfig({
    hostname: settings.hostName,
    prefer_fqdn_over_hostname: false,
    // Without it `hostname -f` stays empty on Debian.
    manage_etc_hosts: true,
    locale: linuxLocale(settings.locale),
    keyboard: linuxKeyboard(settings.keyboard),
    timezone: settings.timeZone,
    disable_root: false,
    ssh_pwauth: password !== null,
    ...(password === null ? {} : { users: accounts(hashOf(password, context)) }),
  });
}

/** A preview shows the mask; a hash of the mask would look like a password's. */
function hashOf(password: string, context: InstallerContext): string {
  return password === MASK ? MASK : shadowHash(password, `${context.deploymentId} ${context.attempt}`);
}

/** Root for the console, and an account that may log in over the network, where root by password may not. */
function accounts(hash: string): readonly object[] {
  return [
    { name: 'root', lock_passwd: false, hashed_passwd: hash },
    {
      name: 'admin',
      gecos: 'Administrator',
      shell: '/bin/bash',
      lock_passwd: false,
      hashed_passwd: hash,
      sudo: 'ALL=(ALL) ALL',
    },
  ];
}

/** A new instance id makes cloud-init do its first-boot work, so it changes with every attempt. */
export function renderMetaData({ deploymentId, attempt, settings }: InstallerContext): string {
  return yaml({
    'instance-id': `octofleet-${deploymentId}-${attempt}`,
    'local-hostname': settings.hostName,
  });
}

/** Nothing of ours: an absent file would be asked for again and again. */
export function renderVendorData(): string {
  return cloudConfig({});
}

/** The card that booted, by its address: names of cards change with the kernel. */
export function renderNetworkConfig({ mac }: InstallerContext): string {
  return yaml({ version: 2, ethernets: { boot: { match: { macaddress: mac }, dhcp4: true, dhcp6: true } } });
}

function cloudConfig(document: object): string {
  return `#cloud-config\n${yaml(document)}`;
}

/** cloud-init reads YAML 1.1, where a bare `52:54:00:12:34:56` is a number to the base 60 and `no` is false. */
function yaml(document: object): string {
  return stringify(document, { version: '1.1', lineWidth: 0 });
}
