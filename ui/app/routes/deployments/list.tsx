import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import type { ReactElement } from 'react';
import type { DeploymentRow } from '../../../../api/contract/deployments.ts';
import { DEPLOYMENT_STATUSES } from '../../../../domain/phases.ts';
import { useNow, useReader, useTexts } from '../../kit/context.tsx';
import { Icon } from '../../kit/icon.tsx';
import { EmptyState, PageHead, Pager } from '../../kit/layout.tsx';
import { Form, Link } from '../../kit/nav.tsx';
import { newerRow, useAnnounce, useLiveRows, useRefreshOn } from '../../live/provider.tsx';
import { DeploymentTable } from '../../parts/deployment-table.tsx';
import { SearchField } from '../../parts/search-form.tsx';
import { titled } from '../../parts/title.ts';
import { listDeployments } from '../../server/deployments.server.ts';

export const meta: MetaFunction = ({ matches }) => titled(matches, ({ shell }) => shell.deployments);

const SORTS = ['-createdAt', 'createdAt', 'hostName', '-hostName', 'phaseSince', '-phaseSince'] as const;
type Sort = (typeof SORTS)[number];

/** Unknown words in the address are dropped rather than refused: people edit addresses. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const given = new URL(request.url).searchParams;
  const status = (given.get('status') ?? '')
    .split(',')
    .filter((word) => DEPLOYMENT_STATUSES.some((known) => known === word));
  const q = (given.get('q') ?? '').trim().slice(0, 100);
  const sort: Sort = SORTS.find((known) => known === given.get('sort')) ?? '-createdAt';
  const cursor = given.get('cursor') ?? undefined;
  const page = await listDeployments({ request, context }, { status: status.join(','), q, sort, cursor });
  return { ...page, status, q, sort };
}

export default function Deployments(): ReactElement {
  const { items, next, status, q, sort } = useLoaderData<typeof loader>();
  const { deployments, shell } = useTexts();
  const [search] = useSearchParams();
  const live = useLiveRows();
  useRefreshOn(({ topic }) => topic === 'removed');
  useAnnounceChanges(live);
  const filtered = status.length > 0 || q !== '';
  return (
    <>
      <PageHead title={deployments.title}>
        <Link className="btn btn-primary" to="/deployments/new">
          <Icon name="plus" />
          {deployments.new}
        </Link>
      </PageHead>
      <Chips status={status} q={q} sort={sort} />
      <Form method="get" role="search" className="mb-4 flex flex-wrap items-end gap-2">
        {status.length > 0 ? <input type="hidden" name="status" value={status.join(',')} /> : null}
        <SearchField q={q} placeholder={deployments.searchHint} />
        <label className="sr-only" htmlFor="sort">
          {deployments.order}
        </label>
        <select key={sort} id="sort" name="sort" defaultValue={sort} className="input w-auto!">
          {SORTS.map((each) => (
            <option key={each} value={each}>
              {deployments.orders[each]}
            </option>
          ))}
        </select>
        <button className="btn">{shell.apply}</button>
        {filtered ? (
          <Link className="btn btn-quiet" to="/deployments">
            {shell.clear}
          </Link>
        ) : null}
      </Form>
      <div className="card overflow-hidden">
        {search.has('cursor') ? null : <NewRows known={items} wanted={status} />}
        {items.length === 0 ? (
          <Nothing filtered={filtered} />
        ) : (
          <DeploymentTable rows={items.map((row) => newerRow(row, live.get(row.id)))} label={deployments.caption} />
        )}
        <Pager next={next} search={search} />
      </div>
    </>
  );
}

function Chips({
  status,
  q,
  sort,
}: {
  readonly status: readonly string[];
  readonly q: string;
  readonly sort: Sort;
}): ReactElement {
  const { deployments, status: words } = useTexts();
  const chosen = status.join(',');
  const chips = [
    ['', deployments.all],
    ['holding', words.status.holding],
    ['queued,running', deployments.runningNow],
    ['succeeded', words.status.succeeded],
    ['failed', words.status.failed],
    ['cancelled', words.status.cancelled],
  ] as const;
  const to = (value: string) => {
    const params = new URLSearchParams();
    if (value !== '') params.set('status', value);
    if (q !== '') params.set('q', q);
    if (sort !== '-createdAt') params.set('sort', sort);
    return `/deployments?${params.toString()}`;
  };
  return (
    <nav aria-label={deployments.statusFilter} className="mb-3 flex flex-wrap gap-1.5">
      {chips.map(([value, label]) => (
        <Link key={value} to={to(value)} className="chip" aria-current={value === chosen ? 'true' : undefined}>
          {label}
        </Link>
      ))}
    </nav>
  );
}

/** New deployments wait behind a link, so that the list never moves under the pointer. */
function NewRows({
  known,
  wanted,
}: {
  readonly known: readonly DeploymentRow[];
  readonly wanted: readonly string[];
}): ReactElement | null {
  const { deployments } = useTexts();
  const { writtenAt } = useReader();
  const live = useLiveRows();
  const [search] = useSearchParams();
  const fresh = [...live.values()].filter(
    (row) =>
      Date.parse(row.createdAt) > writtenAt - 2_000 &&
      !known.some(({ id }) => id === row.id) &&
      (wanted.length === 0 || wanted.includes(row.status)),
  );
  if (fresh.length === 0) return null;
  return (
    <p className="tone-blue flex items-center gap-3 border-b border-line px-4 py-2">
      {deployments.newRows(fresh.length)}
      <Link className="btn btn-small" to={`?${search.toString()}`} preventScrollReset>
        {deployments.show}
      </Link>
    </p>
  );
}

function Nothing({ filtered }: { readonly filtered: boolean }): ReactElement {
  const { deployments, shell } = useTexts();
  return filtered ? (
    <EmptyState
      title={deployments.noneMatch}
      action={
        <Link className="btn" to="/deployments">
          {shell.clear}
        </Link>
      }
    >
      {deployments.noneMatchText}
    </EmptyState>
  ) : (
    <EmptyState
      title={deployments.noneEver}
      action={
        <Link className="btn btn-primary" to="/deployments/new">
          {deployments.new}
        </Link>
      }
    >
      {deployments.noneEverText}
    </EmptyState>
  );
}

/** Says sums only: a list that read out every change would never be quiet. */
function useAnnounceChanges(live: ReadonlyMap<string, DeploymentRow>): void {
  const { shell } = useTexts();
  const announce = useAnnounce();
  const now = useNow();
  const before = useRef(live);
  const told = useRef(now);
  useEffect(() => {
    if (before.current === live || now - told.current < 5_000) return;
    const changed = [...live].filter(([id, row]) => before.current.get(id) !== row).length;
    before.current = live;
    told.current = now;
    announce(shell.changed(changed));
  }, [live, now, announce, shell]);
}
