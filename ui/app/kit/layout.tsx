import type { ReactElement, ReactNode } from 'react';
import { useTexts } from './context.tsx';
import { Icon } from './icon.tsx';
import type { IconName } from './icon.tsx';
import { Link } from './nav.tsx';

/** The head of a page: where it hangs, its one h1, what one may do. */
export function PageHead({
  title,
  above,
  lead,
  children,
}: {
  readonly title: ReactNode;
  readonly above?: { readonly to: string; readonly label: string };
  readonly lead?: ReactNode;
  readonly children?: ReactNode;
}): ReactElement {
  return (
    <header className="mb-5 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        {above === undefined ? null : (
          <p className="mb-0.5 text-sm">
            <Link to={above.to} className="inline-block min-h-6">
              {above.label}
            </Link>
          </p>
        )}
        <h1>{title}</h1>
        {lead === undefined ? null : <p className="mt-1 max-w-prose text-muted">{lead}</p>}
      </div>
      {children === undefined ? null : <div className="flex flex-wrap gap-2">{children}</div>}
    </header>
  );
}

export function Section({
  title,
  id,
  lead,
  children,
  flush = false,
}: {
  readonly title: string;
  readonly id: string;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
  /** For tables, which bring their own padding. */
  readonly flush?: boolean;
}): ReactElement {
  return (
    <section aria-labelledby={id} className="card mb-5 min-w-0">
      <div className="px-4 pt-3 pb-2">
        <h2 id={id}>{title}</h2>
        {lead === undefined ? null : <p className="text-sm text-muted">{lead}</p>}
      </div>
      <div className={flush ? '' : 'px-4 pb-4'}>{children}</div>
    </section>
  );
}

export type Tone = 'amber' | 'blue' | 'green' | 'red' | 'grey';

const TONE_ICON: Readonly<Record<Tone, IconName>> = {
  amber: 'warning',
  blue: 'info',
  green: 'tick',
  red: 'cross',
  grey: 'info',
};

export function Notice({
  tone,
  title,
  children,
  alert = false,
}: {
  readonly tone: Tone;
  readonly title?: ReactNode;
  readonly children?: ReactNode;
  /** Read aloud at once: for what went wrong just now. */
  readonly alert?: boolean;
}): ReactElement {
  return (
    <div className={`notice tone-${tone} mb-5`} {...(alert ? { role: 'alert' } : {})}>
      <span className="mt-1">
        <Icon name={TONE_ICON[tone]} />
      </span>
      <div className="notice-body">
        {title === undefined ? null : <p className="font-semibold">{title}</p>}
        {children}
      </div>
    </div>
  );
}

/** What stands where a list would be: what this is for, and the next step. */
export function EmptyState({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}): ReactElement {
  return (
    <div className="px-6 py-12 text-center">
      <p className="text-lg font-semibold">{title}</p>
      <div className="mx-auto mt-1 max-w-prose text-muted">{children}</div>
      {action === undefined ? null : <div className="mt-4 flex justify-center gap-2">{action}</div>}
    </div>
  );
}

/** A table that scrolls inside its own region on narrow screens, reachable by keyboard. */
export function TableRegion({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactNode;
}): ReactElement {
  const { shell } = useTexts();
  return (
    // A region that scrolls must be reachable by keyboard.
    <div role="region" aria-label={`${label} (${shell.scrollable})`} tabIndex={0} className="overflow-x-auto">
      <table className="table">
        <caption className="sr-only">{label}</caption>
        {children}
      </table>
    </div>
  );
}

/** Terms and what they are. Rows without a value are left out. */
export function Facts({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }): ReactElement {
  return (
    <dl className="facts">
      {rows
        .filter(([, value]) => value !== null && value !== '')
        .map(([term, value]) => (
          <div key={term} className="contents">
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

export function Pager({
  next,
  search,
}: {
  readonly next: string | null;
  readonly search: URLSearchParams;
}): ReactElement | null {
  const { shell } = useTexts();
  const onFirst = !search.has('cursor');
  if (next === null && onFirst) return null;
  const to = (cursor: string | null) => {
    const params = new URLSearchParams(search);
    if (cursor === null) params.delete('cursor');
    else params.set('cursor', cursor);
    return `?${params.toString()}`;
  };
  return (
    <nav aria-label={shell.pages} className="flex gap-2 border-t border-line px-4 py-3">
      {onFirst ? null : (
        <Link className="btn btn-small" to={to(null)}>
          {shell.first}
        </Link>
      )}
      {next === null ? null : (
        <Link className="btn btn-small" to={to(next)} rel="next">
          {shell.next}
        </Link>
      )}
    </nav>
  );
}
