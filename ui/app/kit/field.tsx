import type { InputHTMLAttributes, ReactElement, ReactNode } from 'react';
import { Icon } from './icon.tsx';

interface Described {
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
}

function describedBy({ name, hint, error }: Described): { readonly 'aria-describedby'?: string } {
  const ids = [error === undefined ? '' : `${name}-error`, hint === undefined ? '' : `${name}-hint`].filter(
    (id) => id !== '',
  );
  return ids.length === 0 ? {} : { 'aria-describedby': ids.join(' ') };
}

function Frame({ field, children }: { readonly field: Described; readonly children: ReactNode }): ReactElement {
  const { name, label, hint, error } = field;
  return (
    <div>
      <label htmlFor={name} className="mb-1 block font-medium">
        {label}
      </label>
      {children}
      {error === undefined ? null : (
        <p id={`${name}-error`} className="mt-1 flex items-start gap-1.5 text-sm font-medium text-red">
          <span className="mt-0.5">
            <Icon name="warning" />
          </span>
          {error}
        </p>
      )}
      {hint === undefined ? null : (
        <p id={`${name}-hint`} className="mt-1 text-sm text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}

type InputProps = Described &
  Omit<InputHTMLAttributes<HTMLInputElement>, keyof Described | 'className'> & { readonly mono?: boolean };

/** A labelled input with its hint and its error tied to it. The `name` is also the id. */
export function Input({ name, label, hint, error, mono = false, ...rest }: InputProps): ReactElement {
  const field = { name, label, hint, error };
  return (
    <Frame field={field}>
      <input
        id={name}
        name={name}
        className={mono ? 'input mono' : 'input'}
        aria-invalid={error === undefined ? undefined : true}
        {...describedBy(field)}
        {...rest}
      />
    </Frame>
  );
}

export function Select({
  options,
  defaultValue,
  ...field
}: Described & {
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly defaultValue?: string | undefined;
}): ReactElement {
  return (
    <Frame field={field}>
      <select
        id={field.name}
        name={field.name}
        className="input"
        defaultValue={defaultValue}
        aria-invalid={field.error === undefined ? undefined : true}
        {...describedBy(field)}
      >
        {options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </Frame>
  );
}

/** A group of fields under one heading. */
export function FieldGroup({
  legend,
  hint,
  children,
}: {
  readonly legend: string;
  readonly hint?: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <fieldset className="card mb-4 min-w-0 p-4">
      <legend className="float-left mb-1 w-full text-[1.0625rem] font-semibold">{legend}</legend>
      {hint === undefined ? null : <p className="clear-left mb-3 text-sm text-muted">{hint}</p>}
      <div className="clear-left grid gap-4 pt-1 sm:grid-cols-2">{children}</div>
    </fieldset>
  );
}

/** Fields most people leave alone. Open when one of them has a value or an error; without JavaScript it folds as well. */
export function FoldedGroup({
  legend,
  hint,
  open,
  children,
}: {
  readonly legend: string;
  readonly hint?: string;
  readonly open: boolean;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <details className="card mb-4" open={open}>
      <summary className="summary">
        <span className="me-3 text-[1.0625rem] font-semibold">{legend}</span>
        {hint === undefined ? null : <span className="text-sm text-muted">{hint}</span>}
      </summary>
      <fieldset className="min-w-0 px-4 pt-1 pb-4">
        <legend className="sr-only">{legend}</legend>
        <div className="grid gap-4 sm:grid-cols-2">{children}</div>
      </fieldset>
    </details>
  );
}
