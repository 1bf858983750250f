import type { FocusEvent, ReactElement } from 'react';
import { parseMac } from '../../../domain/identity.ts';
import { useTexts } from '../kit/context.tsx';
import { Input } from '../kit/field.tsx';

/** Takes any spelling of a MAC address; with JavaScript it shows the one spelling when the field is left. */
export function MacInput({
  value,
  error,
}: {
  readonly value: string | undefined;
  readonly error: string | undefined;
}): ReactElement {
  const { forms } = useTexts();
  return (
    <Input
      name="mac"
      label={forms.mac}
      hint={forms.macHint}
      error={error}
      defaultValue={value}
      placeholder="52:54:00:12:34:56"
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={64}
      mono
      onBlur={tidy}
    />
  );
}

function tidy(event: FocusEvent<HTMLInputElement>): void {
  const field = event.currentTarget;
  try {
    field.value = parseMac(field.value);
  } catch {
    // Not (yet) an address: it stays as typed, and the service says why when the form is sent.
  }
}
