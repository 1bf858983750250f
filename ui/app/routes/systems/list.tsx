import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';
import type { ReactElement } from 'react';
import { useTexts } from '../../kit/context.tsx';
import { EmptyState, PageHead, Pager, TableRegion } from '../../kit/layout.tsx';
import { Link } from '../../kit/nav.tsx';
import { Ago } from '../../kit/time.tsx';
import { useRefreshOn } from '../../live/provider.tsx';
import { SearchForm } from '../../parts/search-form.tsx';
import { titled } from '../../parts/title.ts';
import { listSystems } from '../../server/inventory.server.ts';

export const meta: MetaFunction = ({ matches }) => titled(matches, ({ shell }) => shell.systems);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const given = new URL(request.url).searchParams;
  const q = (given.get('q') ?? '').trim().slice(0, 100);
  const cursor = given.get('cursor') ?? undefined;
  return { ...(await listSystems({ request, context }, { q, cursor })), q };
}

export default function Systems(): ReactElement {
  const { items, next, q } = useLoaderData<typeof loader>();
  const { inventory, deployments, shell } = useTexts();
  const [search] = useSearchParams();
  useRefreshOn(({ topic }) => topic === 'system' || topic === 'removed');
  return (
    <>
      <PageHead title={inventory.systemsTitle} />
      <SearchForm q={q} clearTo="/systems" />
      <div className="card overflow-hidden">
        {items.length === 0 ? (
          <EmptyState title={q === '' ? inventory.systemsNone : deployments.noneMatch}>
            {inventory.systemsNoneText}
          </EmptyState>
        ) : (
          <TableRegion label={inventory.systemsTitle}>
            <thead>
              <tr>
                <th scope="col">{inventory.name}</th>
                <th scope="col">{inventory.os}</th>
                <th scope="col">{inventory.domain}</th>
                <th scope="col">{inventory.agent}</th>
                <th scope="col">{inventory.lastReport}</th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ id, hostName, osName, osVersion, domainName, agentVersion, lastReportAt }) => (
                <tr key={id}>
                  <th scope="row">
                    <Link to={`/systems/${id}`}>{hostName}</Link>
                  </th>
                  <td>{`${osName} ${osVersion}`.trim()}</td>
                  <td>{domainName === '' ? '–' : domainName}</td>
                  <td>{agentVersion}</td>
                  <td className="text-muted">{lastReportAt === null ? shell.never : <Ago time={lastReportAt} />}</td>
                </tr>
              ))}
            </tbody>
          </TableRegion>
        )}
        <Pager next={next} search={search} />
      </div>
    </>
  );
}
