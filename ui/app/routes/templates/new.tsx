import { data, redirect } from '@remix-run/node';
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { ReactElement } from 'react';
import { attempt } from '../../api-client.server.ts';
import { useTexts } from '../../kit/context.tsx';
import { PageHead } from '../../kit/layout.tsx';
import { TemplateForm } from '../../parts/template-form.tsx';
import { titled } from '../../parts/title.ts';
import { keptValues } from '../../server/deployment-form.server.ts';
import { createTemplate } from '../../server/inventory.server.ts';
import { templateChoices, templateRequest } from '../../server/template-form.server.ts';

export const meta: MetaFunction = ({ matches }) => titled(matches, ({ forms }) => forms.templateNew);

export async function loader({ request, context }: LoaderFunctionArgs) {
  return await templateChoices({ request, context });
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const outcome = await attempt(createTemplate({ request, context }, templateRequest(form)));
  if (outcome.ok) return redirect(`/templates/${outcome.value}?said=saved`, 303);
  return data({ problem: outcome.problem, values: keptValues(form) }, { status: outcome.problem.status });
}

export default function NewTemplate(): ReactElement {
  const { images, choices } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const { forms, inventory } = useTexts();
  return (
    <div className="mx-auto max-w-4xl">
      <PageHead title={forms.templateNew} above={{ to: '/templates', label: inventory.templatesTitle }} />
      <TemplateForm
        values={refused?.values ?? {}}
        problem={refused?.problem}
        images={images}
        choices={choices}
        back="/templates"
      />
    </div>
  );
}
