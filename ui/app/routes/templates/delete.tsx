import { data, redirect } from '@remix-run/node';
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { ReactElement } from 'react';
import { attempt } from '../../api-client.server.ts';
import { useTexts } from '../../kit/context.tsx';
import { ConfirmDelete } from '../../parts/confirm-delete.tsx';
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
  const { forms } = useTexts();
  return (
    <ConfirmDelete
      title={forms.templateDeleteTitle(name)}
      text={forms.templateDeleteText}
      back={{ to: `/templates/${id}`, label: name }}
      problem={refused?.problem}
    />
  );
}
