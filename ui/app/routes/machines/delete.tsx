import { data, redirect } from '@remix-run/node';
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { ReactElement } from 'react';
import { attempt } from '../../api-client.server.ts';
import { useTexts } from '../../kit/context.tsx';
import { ConfirmDelete } from '../../parts/confirm-delete.tsx';
import { titled } from '../../parts/title.ts';
import { deleteMachine, readMachine } from '../../server/inventory.server.ts';
import { idIn } from '../../server/params.server.ts';

export const meta: MetaFunction<typeof loader> = ({ matches, data: loaded }) =>
  titled(matches, ({ inventory, shell }) =>
    loaded === undefined ? shell.delete : inventory.machineDeleteTitle(loaded.name),
  );

export async function loader({ params, request, context }: LoaderFunctionArgs) {
  const { id, name, macs } = await readMachine({ request, context }, idIn(params));
  return { id, name: name === '' ? (macs[0] ?? id) : name };
}

export async function action({ params, request, context }: ActionFunctionArgs) {
  const outcome = await attempt(deleteMachine({ request, context }, idIn(params)));
  if (outcome.ok) return redirect('/machines?said=delete', 303);
  return data({ problem: outcome.problem }, { status: outcome.problem.status });
}

export default function DeleteMachine(): ReactElement {
  const { id, name } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const { inventory } = useTexts();
  return (
    <ConfirmDelete
      title={inventory.machineDeleteTitle(name)}
      text={inventory.machineDeleteText}
      back={{ to: `/machines/${id}`, label: name }}
      problem={refused?.problem}
    />
  );
}
