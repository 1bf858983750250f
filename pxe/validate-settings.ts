import { DomainError } from '../domain/errors.ts';
import type { FieldError } from '../domain/errors.ts';
import { parseHostName } from '../domain/identity.ts';
import type { Image } from '../domain/image.ts';
import { localeFacts } from '../domain/locale.ts';
import type { DeploymentSettings, SecretName } from '../domain/settings.ts';
import { windowsTimeZone } from '../domain/time-zone.ts';
import { validateWindowsSettings } from './windows/validate.ts';

/**
 * Everything about resolved settings that a machine would stumble over, found when the deployment is created (promise 10).
 * Empty means: every file of `INSTALLER_FILES` can be rendered. Pointers are those of the request that creates one.
 */
export function validateSettings(
  settings: DeploymentSettings,
  image: Image,
  secrets: Readonly<Record<SecretName, string | null>>,
): readonly FieldError[] {
  return [
    ...check('/hostName', () => {
      parseHostName(settings.hostName, image.family);
    }),
    ...known('/settings/locale', settings.locale, 'locale', localeFacts),
    ...known('/settings/keyboard', settings.keyboard, 'keyboard', localeFacts),
    ...known('/settings/timeZone', settings.timeZone, 'time zone', windowsTimeZone),
    ...(image.family === 'windows' ? validateWindowsSettings(settings, secrets) : []),
  ];
}

function known(
  pointer: string,
  value: string,
  what: string,
  lookUp: (value: string) => unknown,
): readonly FieldError[] {
  return lookUp(value) === undefined ? [{ pointer, detail: `There is no ${what} ${value} in our table.` }] : [];
}

function check(pointer: string, parse: () => void): readonly FieldError[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (error instanceof DomainError) return [{ pointer, detail: error.message }];
    throw error;
  }
}
