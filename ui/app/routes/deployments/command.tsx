import { data, redirect } from '@remix-run/node';
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { ReactElement } from 'react';
import { attempt } from '../../api-client.server.ts';
import type { Asking } from '../../api-client.server.ts';
import { useReader, useTexts } from '../../kit/context.tsx';
import { Input, Select } from '../../kit/field.tsx';
import { Notice, PageHead } from '../../kit/layout.tsx';
import { Form, Link } from '../../kit/nav.tsx';
import { fieldErrors } from '../../parts/field-errors.ts';
import { ProblemNotice } from '../../parts/problem.tsx';
import { titled } from '../../parts/title.ts';
import {
  cancelDeployment,
  deleteDeployment,
  extendDeployment,
  failDeployment,
  readDeployment,
  retryDeployment,
} from '../../server/deployments.server.ts';
import { idIn, textOf } from '../../server/params.server.ts';

type Command = 'retry' | 'extend' | 'cancel' | 'fail' | 'delete';

/** What each confirmed command does. The forms below send exactly these fields. */
const RUN: Readonly<Record<Command, (asking: Asking, id: string, form: FormData) => Promise<void>>> = {
  retry: (asking, id, form) => retryDeployment(asking, id, textOf(form, 'from') || null),
  extend: (asking, id, form) => extendDeployment(asking, id, textOf(form, 'minutes')),
  cancel: cancelDeployment,
  fail: (asking, id, form) => failDeployment(asking, id, textOf(form, 'reason')),
  delete: deleteDeployment,
};

export const meta: MetaFunction<typeof loader> = ({ matches, data: loaded }) =>
  titled(matches, ({ commands }) => (loaded === undefined ? '' : `${commands[loaded.command]}: ${loaded.hostName}`));

export async function loader({ params, request, context }: LoaderFunctionArgs) {
  const { id, command } = target(params);
  const { hostName, actions } = await readDeployment({ request, context }, id);
  return { id, command, hostName, actions };
}

export async function action({ params, request, context }: ActionFunctionArgs) {
  const { id, command } = target(params);
  const form = await request.formData();
  const outcome = await attempt(RUN[command]({ request, context }, id, form));
  if (!outcome.ok) return data({ problem: outcome.problem }, { status: outcome.problem.status });
  return redirect(command === 'delete' ? '/deployments?said=delete' : `/deployments/${id}?said=${command}`, 303);
}

function target(params: { readonly id?: string; readonly command?: string }): {
  readonly id: string;
  readonly command: Command;
} {
  const { command = '' } = params;
  if (isCommand(command)) return { id: idIn(params), command };
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- how a loader reaches its error boundary
  throw data(null, { status: 404 });
}

function isCommand(word: string): word is Command {
  return Object.hasOwn(RUN, word);
}

/** Asks before it acts, says what follows, and works as a plain page. */
export default function ConfirmCommand(): ReactElement {
  const { id, command, hostName, actions } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const { commands, shell } = useTexts();
  const dangerous = command === 'cancel' || command === 'fail' || command === 'delete';
  const allowed = actions[command] || (command === 'retry' && actions.retryFrom.length > 0);
  return (
    <div className="mx-auto max-w-2xl">
      <PageHead title={commands[`${command}Title`](hostName)} above={{ to: `/deployments/${id}`, label: hostName }} />
      <ProblemNotice problem={refused?.problem} />
      {allowed ? (
        <Form method="post" className="card grid gap-4 p-5">
          <p>{commands[`${command}Text`]}</p>
          <Fields />
          <div className="flex flex-wrap gap-2">
            <button className={`btn ${dangerous ? 'btn-danger' : 'btn-primary'}`}>{commands[command]}</button>
            <Link className="btn" to={`/deployments/${id}`}>
              {commands.keep}
            </Link>
          </div>
        </Form>
      ) : (
        <>
          <Notice tone="grey">{commands.notAllowed}</Notice>
          <Link className="btn" to={`/deployments/${id}`}>
            {shell.cancelForm}
          </Link>
        </>
      )}
    </div>
  );
}

function Fields(): ReactElement | null {
  const { command, actions } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const { commands, status } = useTexts();
  const { language } = useReader();
  const errors = fieldErrors(refused?.problem, language);
  if (command === 'retry')
    return (
      <Select
        name="from"
        label={commands.retryFrom}
        error={errors['/from']}
        options={[
          ...(actions.retry ? [['', commands.retryFromStartChoice] as const] : []),
          ...actions.retryFrom.map((phase) => [phase, commands.retryFromPhase(status.phase[phase])] as const),
        ]}
      />
    );
  if (command === 'extend')
    return (
      <Input
        name="minutes"
        label={commands.minutes}
        type="number"
        min={1}
        max={10_080}
        defaultValue={60}
        required
        error={errors['/minutes']}
      />
    );
  if (command === 'fail')
    return <Input name="reason" label={commands.reason} maxLength={500} required error={errors['/reason']} />;
  return null;
}
