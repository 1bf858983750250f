import type { ReactElement } from 'react';
import type { Activity } from '../../../../api/contract/deployments.ts';
import { isPhaseName } from '../../../../domain/phases.ts';
import { useTexts } from '../../kit/context.tsx';
import { Icon } from '../../kit/icon.tsx';
import { Section } from '../../kit/layout.tsx';
import { Link } from '../../kit/nav.tsx';
import { At } from '../../kit/time.tsx';

export const SHOWS = ['all', 'events', 'log', 'problems'] as const;
export type Show = (typeof SHOWS)[number];

/** Events and log in one stream, newest first, with a switch. Looking for the one, people open the other. */
export function ActivityList({
  id,
  items,
  next,
  show,
  older,
}: {
  readonly id: string;
  readonly items: readonly Activity[];
  readonly next: string | null;
  readonly show: Show;
  /** Is this a page of older lines? */
  readonly older: boolean;
}): ReactElement {
  const { deployments } = useTexts();
  const to = (params: Record<string, string>) => `?${new URLSearchParams(params).toString()}#activity`;
  const kept: Record<string, string> = show === 'all' ? {} : { show };
  return (
    <Section id="activity" title={deployments.activity} flush>
      <div className="flex flex-wrap items-center gap-1.5 px-4 pb-3">
        {SHOWS.map((each) => (
          <Link
            key={each}
            className="chip"
            to={to(each === 'all' ? {} : { show: each })}
            aria-current={each === show ? 'true' : undefined}
            preventScrollReset
          >
            {deployments.shows[each]}
          </Link>
        ))}
        <a
          className="ms-auto inline-flex min-h-6 items-center gap-1.5 text-sm"
          href={`/api/v1/deployments/${id}/log.txt`}
        >
          {deployments.wholeLog}
        </a>
      </div>
      {items.length === 0 ? <p className="px-4 pb-4 text-muted">{deployments.noActivity}</p> : null}
      <ol className="border-t border-line">
        {items.map((item) => (
          <Line key={item.id} item={item} />
        ))}
      </ol>
      {next === null && !older ? null : (
        <p className="flex gap-2 border-t border-line px-4 py-3">
          {older ? (
            <Link className="btn btn-small" to={to(kept)} preventScrollReset>
              {deployments.newest}
            </Link>
          ) : null}
          {next === null ? null : (
            <Link className="btn btn-small" to={to({ ...kept, cursor: next })} preventScrollReset>
              {deployments.older}
            </Link>
          )}
        </p>
      )}
    </Section>
  );
}

const LEVEL = {
  info: null,
  warning: { icon: 'warning', tone: 'text-amber' },
  error: { icon: 'cross', tone: 'text-red' },
} as const;

function Line({ item }: { readonly item: Activity }): ReactElement {
  const { timeline } = useTexts();
  const look = LEVEL[item.level];
  const isLog = item.kind === 'log';
  return (
    <li className="grid grid-cols-[4.75rem_minmax(0,1fr)] gap-x-3 border-t border-line px-4 py-1.5 text-[0.9375rem] first:border-t-0">
      <span className="text-sm leading-6 text-muted">
        <At time={item.at} clock />
      </span>
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-x-2">
          {look === null ? null : (
            <span className={`inline-flex items-center gap-1 self-center text-sm font-medium ${look.tone}`}>
              <Icon name={look.icon} />
              {timeline.level[item.level]}
            </span>
          )}
          <span className="font-medium">
            <Sentence item={item} />
          </span>
          <span className="text-sm text-muted">
            {timeline.source[item.source]}
            {item.actor === '' ? '' : ` ${item.actor}`}
          </span>
        </p>
        {item.message === '' ? null : isLog ? (
          <pre
            className="max-h-80 overflow-auto py-1 leading-snug whitespace-pre-wrap text-muted"
            lang="en"
            tabIndex={0}
          >
            {visible(item.message)}
          </pre>
        ) : (
          <Words item={item} />
        )}
      </div>
    </li>
  );
}

/** What was said about it, as it came; only the name of a reason to hold is ours to translate. */
function Words({ item }: { readonly item: Activity }): ReactElement {
  const { status } = useTexts();
  const [reason = '', ...rest] = item.message.split(': ');
  const known: Readonly<Record<string, string>> = status.hold;
  const translated = item.kind === 'deployment.held' ? known[reason] : undefined;
  const said = translated === undefined ? item.message : rest.join(': ');
  return (
    <p className="break-words text-muted">
      {translated}
      {translated !== undefined && said !== '' ? ': ' : ''}
      <span lang="en">{visible(said)}</span>
    </p>
  );
}

/** The kind of event in the reader's language, with the phase or step it is about. Words we do not know stay as they came. */
function Sentence({ item }: { readonly item: Activity }): ReactElement {
  const { timeline, status } = useTexts();
  const kinds: Readonly<Record<string, string>> = timeline.kind;
  const steps: Readonly<Record<string, string>> = timeline.step;
  const kind = item.kind === 'log' ? timeline.log : (kinds[item.kind] ?? item.kind);
  const about =
    item.step !== ''
      ? (steps[item.step] ?? item.step)
      : item.kind === 'phase.entered' && item.phase !== null && isPhaseName(item.phase)
        ? status.phase[item.phase]
        : '';
  const how = item.stepStatus === null ? '' : ` – ${timeline.stepStatus[item.stepStatus]}`;
  return <>{about === '' ? kind : `${kind}: ${about}${how}`}</>;
}

/** Text from machines without what could not be seen anyway: terminal colours and control characters. */
function visible(text: string): string {
  // eslint-disable-next-line no-control-regex -- removing control characters is the point
  return text.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}
