import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import type { ReactElement } from 'react';
import { useTexts } from '../../kit/context.tsx';
import { Facts, PageHead, Section } from '../../kit/layout.tsx';
import { Link } from '../../kit/nav.tsx';
import { At } from '../../kit/time.tsx';
import { settingsFacts } from '../../parts/settings-facts.tsx';
import { titled } from '../../parts/title.ts';
import { readTemplate } from '../../server/inventory.server.ts';
import { idIn } from '../../server/params.server.ts';

export const meta: MetaFunction<typeof loader> = ({ matches, data }) =>
  titled(matches, ({ shell }) => data?.template.name ?? shell.templates);

export async function loader({ params, request, context }: LoaderFunctionArgs) {
  return { template: await readTemplate({ request, context }, idIn(params)) };
}

export default function TemplatePage(): ReactElement {
  const { template } = useLoaderData<typeof loader>();
  const texts = useTexts();
  const { inventory, forms, shell } = texts;
  const { id, name, imageId, imageName, settings, version, deployments, updatedAt } = template;
  const presets = settingsFacts(settings, texts).map(
    ([term, value]) => [term, value ?? <span className="text-muted">{forms.noPreset}</span>] as const,
  );
  return (
    <>
      <PageHead title={name} above={{ to: '/templates', label: inventory.templatesTitle }}>
        <Link className="btn btn-primary" to={`/deployments/new?template=${id}`}>
          {inventory.deploy}
        </Link>
        <Link className="btn" to={`/templates/${id}/edit`}>
          {shell.edit}
        </Link>
        <Link className="btn" to={`/templates/${id}/delete`}>
          {shell.delete}
        </Link>
      </PageHead>
      <Section id="details" title={shell.details}>
        <Facts
          rows={[
            [forms.image, imageId === null ? inventory.anyImage : <Link to={`/images/${imageId}`}>{imageName}</Link>],
            ...presets,
            [inventory.version, String(version)],
            [inventory.usedBy, String(deployments)],
            [inventory.changed, <At key="changed" time={updatedAt} />],
          ]}
        />
      </Section>
    </>
  );
}
