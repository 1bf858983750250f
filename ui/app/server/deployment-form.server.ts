import { textOf } from './params.server.ts';

/** The fields of the form that may come back to it after an error. Passwords never do. */
export const KEPT_FIELDS = [
  'mac',
  'machineId',
  'imageId',
  'templateId',
  'hostName',
  'name',
  'platform',
  'locale',
  'keyboard',
  'timeZone',
  'remoteDesktop',
  'diskSerial',
  'preauthorisedRetries',
  'domainChoice',
  'domainName',
  'domainOu',
  'domainAccount',
] as const;
export type KeptField = (typeof KEPT_FIELDS)[number];
export type FormValues = Readonly<Partial<Record<KeptField, string>>>;

export function keptValues(form: FormData): FormValues {
  return Object.fromEntries(KEPT_FIELDS.map((name) => [name, textOf(form, name)]));
}

/** A request as the API wants it: what was left empty is left out, so that the template's value or the default holds. */
export function deploymentRequest(form: FormData): Record<string, unknown> {
  const machineId = textOf(form, 'machineId');
  return {
    ...(machineId === '' ? { mac: textOf(form, 'mac') } : { machineId }),
    ...given(form, 'imageId'),
    ...given(form, 'templateId'),
    ...given(form, 'hostName'),
    settings: settingsRequest(form),
    secrets: {
      ...secret(form, 'administratorPassword'),
      ...(textOf(form, 'domainChoice') === 'none' ? {} : secret(form, 'domainPassword')),
    },
  };
}

/** Only what was chosen. `domain: null` says "no domain" even where the template has one. */
export function settingsRequest(form: FormData): Record<string, unknown> {
  const remoteDesktop = textOf(form, 'remoteDesktop');
  const retries = textOf(form, 'preauthorisedRetries');
  const domainChoice = textOf(form, 'domainChoice');
  return {
    ...given(form, 'platform'),
    ...given(form, 'locale'),
    ...given(form, 'keyboard'),
    ...given(form, 'timeZone'),
    ...given(form, 'diskSerial'),
    ...(remoteDesktop === '' ? {} : { remoteDesktop: remoteDesktop === 'on' }),
    ...(retries === '' ? {} : { preauthorisedRetries: Number(retries) }),
    ...(domainChoice === 'none' ? { domain: null } : {}),
    ...(domainChoice === 'join' ? { domain: domainRequest(form) } : {}),
  };
}

function domainRequest(form: FormData): Record<string, unknown> {
  const ou = textOf(form, 'domainOu').trim();
  return {
    name: textOf(form, 'domainName').trim(),
    ou: ou === '' ? null : ou,
    account: textOf(form, 'domainAccount').trim(),
  };
}

function given(form: FormData, name: KeptField): Record<string, string> {
  const value = textOf(form, name).trim();
  return value === '' ? {} : { [name]: value };
}

/** As typed: a password may begin or end with a space. */
function secret(form: FormData, name: 'administratorPassword' | 'domainPassword'): Record<string, string> {
  const value = textOf(form, name);
  return value === '' ? {} : { [name]: value };
}

/** A template's settings as the form shows them. */
export function valuesOfSettings(settings: Readonly<Record<string, unknown>>): FormValues {
  const text = (name: string): string => {
    const value = settings[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const { domain, remoteDesktop } = settings;
  const joined = typeof domain === 'object' && domain !== null;
  const part = (key: string): string => {
    const value: unknown = joined ? Reflect.get(domain, key) : '';
    return typeof value === 'string' ? value : '';
  };
  return {
    platform: text('platform'),
    locale: text('locale'),
    keyboard: text('keyboard'),
    timeZone: text('timeZone'),
    diskSerial: text('diskSerial'),
    preauthorisedRetries: text('preauthorisedRetries'),
    remoteDesktop: typeof remoteDesktop === 'boolean' ? (remoteDesktop ? 'on' : 'off') : '',
    domainChoice: joined ? 'join' : domain === null ? 'none' : '',
    domainName: part('name'),
    domainOu: part('ou'),
    domainAccount: part('account'),
  };
}
