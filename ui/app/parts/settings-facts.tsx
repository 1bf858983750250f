import type { ReactNode } from 'react';
import type { Messages } from '../i18n/messages.ts';
import { isPlatform } from '../format/platform.ts';

/** Settings as terms and values, for a deployment (all of them) and a template (those it presets). */
export function settingsFacts(
  settings: Readonly<Record<string, unknown>>,
  { deployments, forms, inventory, shell }: Messages,
): readonly (readonly [string, ReactNode])[] {
  const text = (name: string): string | null => {
    const value = settings[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
  };
  const platform = text('platform');
  return [
    [deployments.platform, platform !== null && isPlatform(platform) ? inventory.platforms[platform] : platform],
    [deployments.locale, text('locale')],
    [deployments.keyboard, text('keyboard')],
    [deployments.timeZone, text('timeZone')],
    [
      deployments.remoteDesktop,
      typeof settings['remoteDesktop'] === 'boolean' ? (settings['remoteDesktop'] ? forms.on : forms.off) : null,
    ],
    [deployments.domain, 'domain' in settings ? domainText(settings['domain'], deployments.noDomain) : null],
    [deployments.diskSerial, 'diskSerial' in settings ? (text('diskSerial') ?? deployments.onlyDisk) : null],
    [
      deployments.retries,
      'preauthorisedRetries' in settings
        ? settings['preauthorisedRetries'] === 0
          ? shell.none
          : text('preauthorisedRetries')
        : null,
    ],
  ];
}

function domainText(domain: unknown, none: string): string {
  if (typeof domain !== 'object' || domain === null) return none;
  const parts = ['name', 'ou', 'account'].map((key): unknown => Reflect.get(domain, key));
  return parts.filter((part) => typeof part === 'string' && part !== '').join(' · ');
}
