import { data as answer, redirect } from '@remix-run/node';
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { ReactElement } from 'react';
import { attempt } from '../../api-client.server.ts';
import { formatBytes } from '../../format/values.ts';
import { useReader, useTexts } from '../../kit/context.tsx';
import { Facts, Notice, PageHead, Section } from '../../kit/layout.tsx';
import { Form, Link } from '../../kit/nav.tsx';
import { At } from '../../kit/time.tsx';
import { useRefreshOn } from '../../live/provider.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import { titled } from '../../parts/title.ts';
import { readImage, renameImage } from '../../server/inventory.server.ts';
import { idIn, textOf } from '../../server/params.server.ts';

export const meta: MetaFunction<typeof loader> = ({ matches, data }) =>
  titled(matches, ({ shell }) => data?.image.name ?? shell.images);

export async function loader({ params, request, context }: LoaderFunctionArgs) {
  return { image: await readImage({ request, context }, idIn(params)) };
}

export async function action({ params, request, context }: ActionFunctionArgs) {
  const id = idIn(params);
  const name = textOf(await request.formData(), 'name');
  const outcome = await attempt(renameImage({ request, context }, id, name));
  if (!outcome.ok) return answer({ problem: outcome.problem }, { status: outcome.problem.status });
  return redirect(`/images/${id}?said=saved`, 303);
}

export default function ImagePage(): ReactElement {
  const { image } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const { inventory, shell } = useTexts();
  const { language } = useReader();
  useRefreshOn(({ topic }) => topic === 'image');
  const editions: Readonly<Record<string, string>> = inventory.editions;
  return (
    <>
      <PageHead title={image.name} above={{ to: '/images', label: inventory.imagesTitle }}>
        {image.missing.length > 0 ? null : (
          <Link className="btn btn-primary" to={`/deployments/new?image=${image.id}`}>
            {inventory.deploy}
          </Link>
        )}
        <Link className="btn" to={`/images/${image.id}/delete`}>
          {shell.delete}
        </Link>
      </PageHead>
      <ProblemNotice problem={refused?.problem} />
      {image.missing.length === 0 ? null : (
        <Notice tone="amber" title={inventory.missingTitle}>
          <p>{inventory.missingText}</p>
          <dl className="mt-2 grid gap-2">
            {image.missing.map(({ role, cure }) => (
              <div key={role}>
                <dt className="font-semibold">{inventory.roles[role]}</dt>
                <dd>
                  {inventory.cure}: <code lang="en">{cure}</code>
                </dd>
              </div>
            ))}
          </dl>
        </Notice>
      )}
      <Section id="details" title={shell.details}>
        <Facts
          rows={[
            [inventory.family, inventory.families[image.family]],
            [inventory.kind, inventory.kinds[image.kind]],
            [inventory.edition, image.edition === null ? null : (editions[image.edition] ?? image.edition)],
            [inventory.wimIndex, image.wimIndex === null ? null : String(image.wimIndex)],
            [inventory.size, formatBytes(image.size, language)],
            [inventory.diskSize, image.diskSize === null ? null : formatBytes(image.diskSize, language)],
            [
              inventory.checksum,
              <span key="sum" className="mono">
                {image.assetSha256}
              </span>,
            ],
            [inventory.usedBy, String(image.deployments)],
            [inventory.accepted, <At key="at" time={image.createdAt} />],
          ]}
        />
        <Form method="post" className="mt-4 flex flex-wrap items-end gap-2">
          <label className="grid gap-1 text-sm font-medium">
            {inventory.name}
            <input
              name="name"
              className="input"
              defaultValue={image.name}
              maxLength={100}
              required
              autoComplete="off"
            />
          </label>
          <button className="btn">{shell.save}</button>
        </Form>
      </Section>
    </>
  );
}
