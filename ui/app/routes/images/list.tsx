import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';
import type { ReactElement } from 'react';
import type { AssetView, ImageView } from '../../../../api/contract/inventory.ts';
import { formatBytes } from '../../format/values.ts';
import { useReader, useTexts } from '../../kit/context.tsx';
import { EmptyState, PageHead, Pager, Section, TableRegion } from '../../kit/layout.tsx';
import { Link } from '../../kit/nav.tsx';
import { Badge } from '../../kit/status.tsx';
import { useRefreshOn } from '../../live/provider.tsx';
import { titled } from '../../parts/title.ts';
import { listAssets, listImages } from '../../server/inventory.server.ts';

export const meta: MetaFunction = ({ matches }) => titled(matches, ({ shell }) => shell.images);

/** What adds an image or a file, as it is typed where the service runs. */
const COMMANDS = `octofleet image add install.wim --index 2 --edition ServerStandard
octofleet image add debian.raw.gz --name "Debian 12"
octofleet assets add --role wimboot wimboot
octofleet assets add --role winpe boot.wim
octofleet assets build linux-installer`;

export async function loader({ request, context }: LoaderFunctionArgs) {
  const cursor = new URL(request.url).searchParams.get('cursor') ?? undefined;
  const asking = { request, context };
  const [page, assets] = await Promise.all([listImages(asking, { cursor }), listAssets(asking)]);
  return { ...page, assets: assets.items.filter(({ role }) => role !== 'image') };
}

export default function Images(): ReactElement {
  const { items, next, assets } = useLoaderData<typeof loader>();
  const { inventory } = useTexts();
  const [search] = useSearchParams();
  useRefreshOn(({ topic }) => topic === 'image' || topic === 'removed');
  return (
    <>
      <PageHead title={inventory.imagesTitle} />
      <div className="card mb-5 overflow-hidden">
        {items.length === 0 ? (
          <EmptyState title={inventory.imagesNone}>{inventory.addText}</EmptyState>
        ) : (
          <ImageTable images={items} />
        )}
        <Pager next={next} search={search} />
      </div>
      <Section id="add" title={inventory.addTitle} lead={inventory.addText}>
        <pre className="code" tabIndex={0} aria-label={inventory.addTitle}>
          {COMMANDS}
        </pre>
      </Section>
      {assets.length === 0 ? null : <AssetTable assets={assets} />}
    </>
  );
}

function ImageTable({ images }: { readonly images: readonly ImageView[] }): ReactElement {
  const { inventory } = useTexts();
  const { language } = useReader();
  return (
    <TableRegion label={inventory.imagesTitle}>
      <thead>
        <tr>
          <th scope="col">{inventory.name}</th>
          <th scope="col">{inventory.state}</th>
          <th scope="col">{inventory.family}</th>
          <th scope="col">{inventory.kind}</th>
          <th scope="col">{inventory.size}</th>
          <th scope="col">{inventory.usedBy}</th>
        </tr>
      </thead>
      <tbody>
        {images.map((image) => (
          <tr key={image.id}>
            <th scope="row">
              <Link to={`/images/${image.id}`}>{image.name}</Link>
            </th>
            <td>
              <ImageState image={image} />
            </td>
            <td>{inventory.families[image.family]}</td>
            <td>{inventory.kinds[image.kind]}</td>
            <td className="tabular-nums whitespace-nowrap">{formatBytes(image.size, language)}</td>
            <td className="tabular-nums">{image.deployments}</td>
          </tr>
        ))}
      </tbody>
    </TableRegion>
  );
}

function ImageState({ image }: { readonly image: ImageView }): ReactElement {
  const { inventory, shell } = useTexts();
  return (
    <span className="inline-flex flex-wrap gap-1">
      {image.missing.length === 0 ? (
        <Badge tone="green" icon="tick">
          {inventory.ready}
        </Badge>
      ) : (
        <Badge tone="amber" icon="warning">
          {inventory.missing(image.missing.length)}
        </Badge>
      )}
      {image.demo ? (
        <Badge tone="grey" icon="info">
          {shell.demo}
        </Badge>
      ) : null}
    </span>
  );
}

function AssetTable({ assets }: { readonly assets: readonly AssetView[] }): ReactElement {
  const { inventory, shell } = useTexts();
  const { language } = useReader();
  return (
    <Section id="files" title={inventory.files} lead={inventory.filesText} flush>
      <TableRegion label={inventory.files}>
        <thead>
          <tr>
            <th scope="col">{inventory.role}</th>
            <th scope="col">{inventory.name}</th>
            <th scope="col">{inventory.state}</th>
            <th scope="col">{inventory.size}</th>
            <th scope="col">{inventory.checksum}</th>
          </tr>
        </thead>
        <tbody>
          {assets.map(({ sha256, role, name, current, size, demo }) => (
            <tr key={`${role} ${sha256} ${name}`}>
              <th scope="row">{inventory.roles[role]}</th>
              <td className="mono">{name}</td>
              <td>{demo ? shell.demo : current ? inventory.current : inventory.superseded}</td>
              <td className="tabular-nums whitespace-nowrap">{formatBytes(size, language)}</td>
              <td className="mono" title={sha256}>
                {sha256.slice(0, 12)}…
              </td>
            </tr>
          ))}
        </tbody>
      </TableRegion>
    </Section>
  );
}
