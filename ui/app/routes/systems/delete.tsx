import { data, redirect } from '@remix-run/node';
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { ReactElement } from 'react';
import { attempt } from '../../api-client.server.ts';
import { useTexts } from '../../kit/context.tsx';
import { ConfirmDelete } from '../../parts/confirm-delete.tsx';
import { titled } from '../../parts/title.ts';
import { deleteSystem, readSystem } from '../../server/inventory.server.ts';
import { idIn } from '../../server/params.server.ts';

export const meta: MetaFunction<typeof loader> = ({ matches, data: loaded }) =>
  titled(matches, ({ inventory, shell }) =>
    loaded === undefined ? shell.delete : inventory.systemDeleteTitle(loaded.name),
  );

export async function loader({ params, request, context }: LoaderFunctionArgs) {
  const { id, hostName } = await readSystem({ request, context }, idIn(params));
  return { id, name: hostName };
}

export async function action({ params, request, context }: ActionFunctionArgs) {
  const outcome = await attempt(deleteSystem({ request, context }, idIn(params)));
  if (outcome.ok) return redirect('/systems?said=delete', 303);
  return data({ problem: outcome.problem }, { status: outcome.problem.status });
}

export default function DeleteSystem(): ReactElement {
  const { id, name } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const { inventory } = useTexts();
  return (
    <ConfirmDelete
      title={inventory.systemDeleteTitle(name)}
      text={inventory.systemDeleteText}
      back={{ to: `/systems/${id}`, label: name }}
      problem={refused?.problem}
    />
  );
}
