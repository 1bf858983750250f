import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';
import type { ReactElement } from 'react';
import type { MachineView } from '../../../../api/contract/inventory.ts';
import { useTexts } from '../../kit/context.tsx';
import { EmptyState, PageHead, Pager, TableRegion } from '../../kit/layout.tsx';
import { Link } from '../../kit/nav.tsx';
import { Ago } from '../../kit/time.tsx';
import { useRefreshOn } from '../../live/provider.tsx';
import { MachineState } from '../../parts/machine-state.tsx';
import { SearchForm } from '../../parts/search-form.tsx';
import { titled } from '../../parts/title.ts';
import { listMachines } from '../../server/inventory.server.ts';

export const meta: MetaFunction = ({ matches }) => titled(matches, ({ shell }) => shell.machines);

const SHOWS = ['all', 'registered', 'new'] as const;

export async function loader({ request, context }: LoaderFunctionArgs) {
  const given = new URL(request.url).searchParams;
  const show = SHOWS.find((known) => known === given.get('show')) ?? 'all';
  const q = (given.get('q') ?? '').trim().slice(0, 100);
  const cursor = given.get('cursor') ?? undefined;
  const sort = show === 'new' ? '-lastVisitAt' : '-createdAt';
  return { ...(await listMachines({ request, context }, { show, q, cursor, sort })), show, q };
}

export default function Machines(): ReactElement {
  const { items, next, show, q } = useLoaderData<typeof loader>();
  const { inventory } = useTexts();
  const [search] = useSearchParams();
  useRefreshOn(({ topic }) => topic === 'machine' || topic === 'removed');
  return (
    <>
      <PageHead title={inventory.machinesTitle} />
      <nav aria-label={inventory.state} className="mb-3 flex flex-wrap gap-1.5">
        {SHOWS.map((each) => (
          <Link
            key={each}
            className="chip"
            to={each === 'all' ? '/machines' : `/machines?show=${each}`}
            aria-current={each === show ? 'true' : undefined}
          >
            {inventory.machinesShow[each]}
          </Link>
        ))}
      </nav>
      <SearchForm q={q} clearTo="/machines" hidden={show === 'all' ? {} : { show }} />
      <div className="card overflow-hidden">
        {items.length === 0 ? (
          <EmptyState title={q === '' && show === 'all' ? inventory.machinesNone : inventory.machinesNoneMatch}>
            {inventory.machinesNoneText}
          </EmptyState>
        ) : (
          <MachineTable machines={items} />
        )}
        <Pager next={next} search={search} />
      </div>
    </>
  );
}

function MachineTable({ machines }: { readonly machines: readonly MachineView[] }): ReactElement {
  const { inventory, shell } = useTexts();
  return (
    <TableRegion label={inventory.machinesTitle}>
      <thead>
        <tr>
          <th scope="col">{inventory.name}</th>
          <th scope="col">{inventory.state}</th>
          <th scope="col">{inventory.macs}</th>
          <th scope="col">{inventory.model}</th>
          <th scope="col">{inventory.platform}</th>
          <th scope="col">{inventory.lastVisit}</th>
        </tr>
      </thead>
      <tbody>
        {machines.map((machine) => (
          <tr key={machine.id}>
            <th scope="row">
              <Link to={`/machines/${machine.id}`}>{machine.name === '' ? machine.macs[0] : machine.name}</Link>
            </th>
            <td>
              <MachineState machine={machine} />
            </td>
            <td className="mono whitespace-nowrap">{machine.macs.join(', ')}</td>
            <td>{`${machine.manufacturer} ${machine.model}`.trim()}</td>
            <td>{inventory.platforms[machine.platform]}</td>
            <td className="text-muted">
              {machine.lastVisitAt === null ? shell.never : <Ago time={machine.lastVisitAt} />}
            </td>
          </tr>
        ))}
      </tbody>
    </TableRegion>
  );
}
