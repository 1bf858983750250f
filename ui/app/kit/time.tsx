import type { ReactElement } from 'react';
import { formatAge, formatDuration, secondsBetween } from '../format/duration.ts';
import { formatClock, formatInstant } from '../format/values.ts';
import { useNow, useReader, useTexts } from './context.tsx';

/** An instant, exact. */
export function At({ time, clock = false }: { readonly time: string; readonly clock?: boolean }): ReactElement {
  const { language, zone } = useReader();
  const exact = formatInstant(time, language, zone);
  return (
    <time dateTime={time} title={`${exact} ${zone}`} className="tabular-nums">
      {clock ? formatClock(time, language, zone) : exact}
    </time>
  );
}

/** `4 min ago`, with the exact time behind it. */
export function Ago({ time }: { readonly time: string }): ReactElement {
  const { language, zone } = useReader();
  const { shell } = useTexts();
  const seconds = secondsBetween(time, useNow());
  return (
    <time dateTime={time} title={`${formatInstant(time, language, zone)} ${zone}`} className="whitespace-nowrap">
      {seconds < 5 ? shell.justNow : shell.ago(formatAge(seconds, language))}
    </time>
  );
}

/** How long since, counting. */
export function Elapsed({ since }: { readonly since: string }): ReactElement {
  const { language } = useReader();
  const seconds = secondsBetween(since, useNow());
  return <span className="tabular-nums whitespace-nowrap">{formatDuration(seconds, language)}</span>;
}

/** `in 14 min`, or by how much the deadline has passed. */
export function Until({ time }: { readonly time: string }): ReactElement {
  const { language, zone } = useReader();
  const { shell } = useTexts();
  const seconds = -secondsBetween(time, useNow());
  const text = formatDuration(Math.abs(seconds), language);
  return (
    <time dateTime={time} title={`${formatInstant(time, language, zone)} ${zone}`} className="tabular-nums">
      {seconds >= 0 ? shell.in(text) : shell.overdue(text)}
    </time>
  );
}
