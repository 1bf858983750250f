import { Builder } from 'xml2js';
import { localeFacts } from '../../domain/locale.ts';
import { windowsTimeZone } from '../../domain/time-zone.ts';
import { TemplateError } from '../installer-file.ts';
import type { InstallerContext } from '../installer-file.ts';
import { xmlText } from '../quote/xml.ts';
import { parseJoinAccount } from './join-account.ts';
import { disguisedAdministratorPassword } from './password.ts';
import { PRODUCT_KEYS } from './product-key.ts';

/** An element as the XML writer takes it; a list of them repeats the element. The order of keys is the order of elements. */
interface Element {
  readonly [name: string]: string | Element | readonly Element[];
}

/** Each component carries the same identity; only the name differs. */
const IDENTITY = {
  processorArchitecture: 'amd64',
  publicKeyToken: '31bf3856ad364e35',
  language: 'neutral',
  versionScope: 'nonSxS',
};
/** The firewall's rules for Remote Desktop by resource number: their name is translated. */
const REMOTE_DESKTOP_RULES = '@FirewallAPI.dll,-28752';

/**
 * The answer file for `Windows\Panther`. Only `specialize` and `oobeSystem` run when DISM has laid down an image; disk,
 * edition and language of set-up are WinPE's business. No automatic logon: `SetupComplete.cmd` needs none.
 */
export function renderUnattend(context: InstallerContext): string {
  const root = {
    unattend: {
      $: {
        xmlns: 'urn:schemas-microsoft-com:unattend',
        'xmlns:wcm': 'http://schemas.microsoft.com/WMIConfig/2002/State',
      },
      settings: [
        { $: { pass: 'specialize' }, component: specialize(context) },
        { $: { pass: 'oobeSystem' }, component: oobe(context) },
      ],
    },
  };
  const builder = new Builder({
    xmldec: { version: '1.0', encoding: 'utf-8' },
    renderOpts: { pretty: true, indent: '  ', newline: '\r\n' },
  });
  return `${builder.buildObject(root)}\r\n`;
}

function component(name: string, content: Element): Element {
  return { $: { name, ...IDENTITY }, ...content };
}

function specialize(context: InstallerContext): readonly Element[] {
  const { settings, image } = context;
  const timeZone = windowsTimeZone(settings.timeZone);
  if (image.family !== 'windows' || timeZone === undefined)
    throw new TemplateError('an answer file needs a Windows image and a time zone that Windows knows');
  return [
    component('Microsoft-Windows-Shell-Setup', {
      ComputerName: xmlText(settings.hostName),
      ProductKey: PRODUCT_KEYS[image.edition],
      TimeZone: timeZone,
    }),
    ...remoteDesktop(settings.remoteDesktop),
    ...domainJoin(context),
  ];
}

/** Asked for or not, the answer is explicit. With it: only for callers that prove who they are before they see a desktop. */
function remoteDesktop(wanted: boolean): readonly Element[] {
  const switched = component('Microsoft-Windows-TerminalServices-LocalSessionManager', {
    fDenyTSConnections: wanted ? 'false' : 'true',
  });
  if (!wanted) return [switched];
  return [
    switched,
    component('Microsoft-Windows-TerminalServices-RDP-WinStationExtensions', { UserAuthentication: '1' }),
    component('Networking-MPSSVC-Svc', {
      FirewallGroups: {
        FirewallGroup: {
          $: { 'wcm:action': 'add', 'wcm:keyValue': 'RemoteDesktop' },
          Active: 'true',
          Group: REMOTE_DESKTOP_RULES,
          Profile: 'all',
        },
      },
    }),
  ];
}

/**
 * Joins with an account's name and password. The password stands in the file in clear: whoever reads the file while the
 * attempt is open can use the account. So the account should be able to create computers in one OU and nothing else; the
 * file is served once per attempt with its token, deleted on the machine, and never kept by the service.
 */
function domainJoin({ settings, secrets }: InstallerContext): readonly Element[] {
  const { domain } = settings;
  if (domain === null) return [];
  const account = parseJoinAccount(domain.account, domain.name);
  const password = secrets['domain-password'];
  if (account === undefined || password === null)
    throw new TemplateError('joining a domain needs an account and its password');
  return [
    component('Microsoft-Windows-UnattendedJoin', {
      Identification: {
        Credentials: {
          Domain: xmlText(account.domain),
          Password: xmlText(password),
          Username: xmlText(account.user),
        },
        JoinDomain: xmlText(domain.name),
        ...(domain.ou === null ? {} : { MachineObjectOU: xmlText(domain.ou) }),
      },
    }),
  ];
}

function oobe({ settings, secrets }: InstallerContext): readonly Element[] {
  const locale = localeFacts(settings.locale);
  const keyboard = localeFacts(settings.keyboard);
  const password = secrets['administrator-password'];
  if (locale === undefined || keyboard === undefined) throw new TemplateError('locale or keyboard is not in the table');
  if (password === null) throw new TemplateError('Windows needs a password for its administrator');
  return [
    component('Microsoft-Windows-International-Core', {
      InputLocale: keyboard.windowsInput,
      SystemLocale: settings.locale,
      UILanguage: locale.windowsUi,
      // Shown where the image has no such language.
      UILanguageFallback: 'en-US',
      UserLocale: settings.locale,
    }),
    component('Microsoft-Windows-Shell-Setup', {
      UserAccounts: {
        AdministratorPassword: { Value: disguisedAdministratorPassword(password), PlainText: 'false' },
      },
      OOBE: {
        HideEULAPage: 'true',
        HideLocalAccountScreen: 'true',
        HideOEMRegistrationScreen: 'true',
        HideOnlineAccountScreens: 'true',
        HideWirelessSetupInOOBE: 'true',
        ProtectYourPC: '3',
      },
    }),
  ];
}
