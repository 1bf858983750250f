import { data, redirect } from '@remix-run/node';
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { ReactElement } from 'react';
import { attempt } from '../../api-client.server.ts';
import { useTexts } from '../../kit/context.tsx';
import { PageHead } from '../../kit/layout.tsx';
import { TemplateForm } from '../../parts/template-form.tsx';
import { titled } from '../../parts/title.ts';
import { keptValues, valuesOfSettings } from '../../server/deployment-form.server.ts';
import { patchTemplate, readTemplate } from '../../server/inventory.server.ts';
import { idIn } from '../../server/params.server.ts';
import { templateChoices, templateRequest } from '../../server/template-form.server.ts';

export const meta: MetaFunction = ({ matches }) => titled(matches, ({ forms }) => forms.templateEdit);

export async function loader({ params, request, context }: LoaderFunctionArgs) {
  const asking = { request, context };
  const [template, offered] = await Promise.all([readTemplate(asking, idIn(params)), templateChoices(asking)]);
  const values = { ...valuesOfSettings(template.settings), name: template.name, imageId: template.imageId ?? '' };
  return { id: template.id, name: template.name, values, ...offered };
}

export async function action({ params, request, context }: ActionFunctionArgs) {
  const id = idIn(params);
  const asking = { request, context };
  const form = await request.formData();
  const { limits } = (await readTemplate(asking, id)).settings;
  const body = templateRequest(form, limits === undefined ? {} : { limits });
  const outcome = await attempt(patchTemplate(asking, id, body));
  if (outcome.ok) return redirect(`/templates/${id}?said=saved`, 303);
  return data({ problem: outcome.problem, values: keptValues(form) }, { status: outcome.problem.status });
}

export default function EditTemplate(): ReactElement {
  const { id, name, values, images, choices } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const { forms } = useTexts();
  return (
    <div className="mx-auto max-w-4xl">
      <PageHead title={forms.templateEdit} above={{ to: `/templates/${id}`, label: name }} />
      <TemplateForm
        values={refused?.values ?? values}
        problem={refused?.problem}
        images={images}
        choices={choices}
        back={`/templates/${id}`}
      />
    </div>
  );
}
