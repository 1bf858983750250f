import type { ReactElement } from 'react';
import { PLATFORMS } from '../../../domain/platform.ts';
import { DEFAULT_SETTINGS } from '../../../domain/settings.ts';
import { useTexts } from '../kit/context.tsx';
import { FoldedGroup, Input, Select } from '../kit/field.tsx';
import type { FormValues } from '../server/deployment-form.server.ts';

export interface Choices {
  readonly locales: readonly string[];
  readonly timeZones: readonly string[];
}

interface Props {
  readonly values: FormValues;
  readonly errors: Readonly<Record<string, string>>;
}

const SETTINGS = [
  'platform',
  'remoteDesktop',
  'locale',
  'keyboard',
  'timeZone',
  'diskSerial',
  'preauthorisedRetries',
] as const;
const DOMAIN = ['domainChoice', 'domainName', 'domainAccount', 'domainOu'] as const;

function touched(
  names: readonly (keyof FormValues)[],
  values: FormValues,
  errors: Readonly<Record<string, string>>,
  prefix: string,
): boolean {
  return (
    names.some((name) => (values[name] ?? '') !== '') ||
    Object.keys(errors).some(
      (pointer) => pointer.startsWith(prefix) && (prefix !== '/settings/' || !pointer.startsWith('/settings/domain')),
    )
  );
}

/** Settings that a template may preset and a deployment may overrule. Left empty, whatever stands below them holds. */
export function SettingsFields({
  values,
  errors,
  choices,
  empty,
}: Props & { readonly choices: Choices; readonly empty: string }): ReactElement {
  const { forms, inventory } = useTexts();
  const locales = [['', empty] as const, ...choices.locales.map((tag) => [tag, tag] as const)];
  return (
    <FoldedGroup
      legend={forms.settings}
      hint={forms.settingsHint}
      open={touched(SETTINGS, values, errors, '/settings/')}
    >
      <Select
        name="platform"
        label={forms.platform}
        hint={forms.platformHint}
        error={errors['/settings/platform']}
        defaultValue={values.platform}
        options={[['', empty], ...PLATFORMS.map((id) => [id, inventory.platforms[id]] as const)]}
      />
      <Select
        name="remoteDesktop"
        label={forms.remoteDesktop}
        hint={forms.defaultIs(DEFAULT_SETTINGS.remoteDesktop ? forms.on : forms.off)}
        error={errors['/settings/remoteDesktop']}
        defaultValue={values.remoteDesktop}
        options={[
          ['', empty],
          ['on', forms.on],
          ['off', forms.off],
        ]}
      />
      <Select
        name="locale"
        label={forms.locale}
        hint={forms.defaultIs(DEFAULT_SETTINGS.locale)}
        error={errors['/settings/locale']}
        defaultValue={values.locale}
        options={locales}
      />
      <Select
        name="keyboard"
        label={forms.keyboard}
        hint={forms.defaultIs(DEFAULT_SETTINGS.keyboard)}
        error={errors['/settings/keyboard']}
        defaultValue={values.keyboard}
        options={locales}
      />
      <Input
        name="timeZone"
        label={forms.timeZone}
        hint={forms.defaultIs(DEFAULT_SETTINGS.timeZone)}
        error={errors['/settings/timeZone']}
        defaultValue={values.timeZone}
        list="time-zones"
        autoComplete="off"
      />
      <datalist id="time-zones">
        {choices.timeZones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <Input
        name="diskSerial"
        label={forms.disk}
        hint={forms.diskHint}
        error={errors['/settings/diskSerial']}
        defaultValue={values.diskSerial}
        maxLength={64}
        autoComplete="off"
      />
      <Select
        name="preauthorisedRetries"
        label={forms.retries}
        hint={forms.retriesHint}
        error={errors['/settings/preauthorisedRetries']}
        defaultValue={values.preauthorisedRetries}
        options={[['', empty], ...['0', '1', '2', '3'].map((count) => [count, count] as const)]}
      />
    </FoldedGroup>
  );
}

/** Whether and how the system joins a domain. A template keeps no password; a deployment asks for it. */
export function DomainFields({
  values,
  errors,
  empty,
  withPassword = false,
}: Props & { readonly empty: string; readonly withPassword?: boolean }): ReactElement {
  const { forms } = useTexts();
  return (
    <FoldedGroup
      legend={forms.domain}
      hint={forms.domainHint}
      open={touched(DOMAIN, values, errors, '/settings/domain') || '/secrets/domainPassword' in errors}
    >
      <Select
        name="domainChoice"
        label={forms.domainChoice}
        error={errors['/settings/domain']}
        defaultValue={values.domainChoice}
        options={[
          ['', empty],
          ['none', forms.domainNone],
          ['join', forms.domainJoin],
        ]}
      />
      <Input
        name="domainName"
        label={forms.domainName}
        error={errors['/settings/domain/name']}
        defaultValue={values.domainName}
        placeholder="corp.example.com"
        autoComplete="off"
      />
      <Input
        name="domainAccount"
        label={forms.domainAccount}
        error={errors['/settings/domain/account']}
        defaultValue={values.domainAccount}
        placeholder="svc-join@corp.example.com"
        autoComplete="off"
      />
      <Input
        name="domainOu"
        label={forms.domainOu}
        hint={forms.domainOuHint}
        error={errors['/settings/domain/ou']}
        defaultValue={values.domainOu}
        autoComplete="off"
      />
      {withPassword ? (
        <Input
          name="domainPassword"
          type="password"
          label={forms.domainPassword}
          error={errors['/secrets/domainPassword']}
          autoComplete="new-password"
        />
      ) : null}
    </FoldedGroup>
  );
}
