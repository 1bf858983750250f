import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';
import type { ReactElement } from 'react';
import { useTexts } from '../../kit/context.tsx';
import { Icon } from '../../kit/icon.tsx';
import { EmptyState, PageHead, Pager, TableRegion } from '../../kit/layout.tsx';
import { Link } from '../../kit/nav.tsx';
import { Ago } from '../../kit/time.tsx';
import { useRefreshOn } from '../../live/provider.tsx';
import { titled } from '../../parts/title.ts';
import { listTemplates } from '../../server/inventory.server.ts';

export const meta: MetaFunction = ({ matches }) => titled(matches, ({ shell }) => shell.templates);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const cursor = new URL(request.url).searchParams.get('cursor') ?? undefined;
  return await listTemplates({ request, context }, { cursor });
}

export default function Templates(): ReactElement {
  const { items, next } = useLoaderData<typeof loader>();
  const { inventory, forms } = useTexts();
  const [search] = useSearchParams();
  useRefreshOn(({ topic }) => topic === 'template' || topic === 'removed');
  return (
    <>
      <PageHead title={inventory.templatesTitle}>
        <Link className="btn btn-primary" to="/templates/new">
          <Icon name="plus" />
          {forms.templateNew}
        </Link>
      </PageHead>
      <div className="card overflow-hidden">
        {items.length === 0 ? (
          <EmptyState title={inventory.templatesNone}>{inventory.templatesNoneText}</EmptyState>
        ) : (
          <TableRegion label={inventory.templatesTitle}>
            <thead>
              <tr>
                <th scope="col">{inventory.name}</th>
                <th scope="col">{forms.image}</th>
                <th scope="col">{inventory.version}</th>
                <th scope="col">{inventory.usedBy}</th>
                <th scope="col">{inventory.changed}</th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ id, name, imageName, version, deployments, updatedAt }) => (
                <tr key={id}>
                  <th scope="row">
                    <Link to={`/templates/${id}`}>{name}</Link>
                  </th>
                  <td>{imageName ?? inventory.anyImage}</td>
                  <td className="tabular-nums">{version}</td>
                  <td className="tabular-nums">{deployments}</td>
                  <td className="text-muted">
                    <Ago time={updatedAt} />
                  </td>
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
