import { data, redirect } from '@remix-run/node';
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { ReactElement } from 'react';
import { attempt } from '../../api-client.server.ts';
import { useTexts } from '../../kit/context.tsx';
import { PageHead } from '../../kit/layout.tsx';
import { Form, Link } from '../../kit/nav.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import { titled } from '../../parts/title.ts';
import { deleteTemplate, readTemplate } from '../../server/inventory.server.ts';
import { idIn } from '../../server/params.server.ts';

export const meta: MetaFunction<typeof loader> = ({ matches, data: loaded }) =>
  titled(matches, ({ forms, shell }) => (loaded === undefined ? shell.delete : forms.templateDeleteTitle(loaded.name)));

export async function loader({ params, request, context }: LoaderFunctionArgs) {
  const { id, name } = await readTemplate({ request, context }, idIn(params));
  return { id, name };
}

export async function action({ params, request, context }: ActionFunctionArgs) {
  const outcome = await attempt(deleteTemplate({ request, context }, idIn(params)));
  if (outcome.ok) return redirect('/templates?said=delete', 303);
  return data({ problem: outcome.problem }, { status: outcome.problem.status });
}

export default function DeleteTemplate(): ReactElement {
  const { id, name } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const { forms, shell } = useTexts();
  return (
    <div className="mx-auto max-w-2xl">
      <PageHead title={forms.templateDeleteTitle(name)} above={{ to: `/templates/${id}`, label: name }} />
      <ProblemNotice problem={refused?.problem} />
      <Form method="post" className="card grid gap-4 p-5">
        <p>{forms.templateDeleteText}</p>
        <div className="flex flex-wrap gap-2">
          <button className="btn btn-danger">{shell.delete}</button>
          <Link className="btn" to={`/templates/${id}`}>
            {shell.cancelForm}
          </Link>
        </div>
      </Form>
    </div>
  );
}
