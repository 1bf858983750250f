import { data, redirect } from '@remix-run/node';
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { ReactElement } from 'react';
import { attempt } from '../../api-client.server.ts';
import { useTexts } from '../../kit/context.tsx';
import { Facts, Notice, PageHead, Section, TableRegion } from '../../kit/layout.tsx';
import { Form, Link } from '../../kit/nav.tsx';
import { Badge } from '../../kit/status.tsx';
import { Ago } from '../../kit/time.tsx';
import { newerRow, useLiveRows, useRefreshOn } from '../../live/provider.tsx';
import { DeploymentTable } from '../../parts/deployment-table.tsx';
import { MachineState } from '../../parts/machine-state.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import { titled } from '../../parts/title.ts';
import { explainBoot, listDeployments } from '../../server/deployments.server.ts';
import { patchMachine, readMachine } from '../../server/inventory.server.ts';
import { idIn, textOf } from '../../server/params.server.ts';

export const meta: MetaFunction<typeof loader> = ({ matches, data: loaded }) =>
  titled(matches, ({ shell }) => loaded?.machine.macs[0] ?? shell.machines);

export async function loader({ params, request, context }: LoaderFunctionArgs) {
  const asking = { request, context };
  const machine = await readMachine(asking, idIn(params));
  const [mac = ''] = machine.macs;
  const [history, explanation] = await Promise.all([
    listDeployments(asking, { machineId: machine.id, limit: 20 }),
    mac === '' ? null : explainBoot(asking, mac),
  ]);
  return { machine, history: history.items, explanation };
}

const INTENTS = {
  register: { change: { registered: true }, said: 'registered' },
  block: { change: { blocked: true }, said: 'blocked' },
  unblock: { change: { blocked: false }, said: 'unblocked' },
} as const;

export async function action({ params, request, context }: ActionFunctionArgs) {
  const id = idIn(params);
  const form = await request.formData();
  const intent = textOf(form, 'intent');
  const name = textOf(form, 'name');
  const { change, said } = isIntent(intent) ? INTENTS[intent] : { change: { name }, said: 'saved' };
  const outcome = await attempt(patchMachine({ request, context }, id, change));
  if (!outcome.ok) return data({ problem: outcome.problem }, { status: outcome.problem.status });
  return redirect(`/machines/${id}?said=${said}`, 303);
}

function isIntent(word: string): word is keyof typeof INTENTS {
  return Object.hasOwn(INTENTS, word);
}

export default function MachinePage(): ReactElement {
  const { machine, history } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const { inventory, shell, status } = useTexts();
  const live = useLiveRows();
  useRefreshOn(
    ({ topic, id }) => topic === 'deployment' || topic === 'removed' || (topic === 'machine' && id === machine.id),
  );
  const [mac = ''] = machine.macs;
  return (
    <>
      <PageHead
        title={machine.name === '' ? mac : machine.name}
        above={{ to: '/machines', label: inventory.machinesTitle }}
      >
        <Actions />
      </PageHead>
      <ProblemNotice problem={refused?.problem} />
      {machine.registered ? null : <Notice tone="amber">{inventory.registerText}</Notice>}
      {machine.blocked ? <Notice tone="red">{inventory.blockText}</Notice> : null}
      <div className="grid items-start gap-x-5 lg:grid-cols-2">
        <Section id="details" title={shell.details}>
          <Facts
            rows={[
              [inventory.state, <MachineState key="state" machine={machine} />],
              [
                inventory.macs,
                <span key="macs" className="mono">
                  {machine.macs.join(', ')}
                </span>,
              ],
              [inventory.manufacturer, machine.manufacturer],
              [inventory.model, machine.model],
              [inventory.serial, machine.serial],
              [inventory.uuid, machine.smbiosUuid === null ? null : <span className="mono">{machine.smbiosUuid}</span>],
              [inventory.platform, inventory.platforms[machine.platform]],
              [inventory.lastVisit, machine.lastVisitAt === null ? shell.never : <Ago time={machine.lastVisitAt} />],
              [inventory.lastAnswer, machine.lastAnswer === null ? null : status.boot[machine.lastAnswer]],
            ]}
          />
          <Form method="post" className="mt-4 flex flex-wrap items-end gap-2">
            <label className="grid gap-1 text-sm font-medium">
              {inventory.name}
              <input name="name" className="input" defaultValue={machine.name} maxLength={100} autoComplete="off" />
            </label>
            <button className="btn">{shell.save}</button>
          </Form>
        </Section>
        <ExplainBoot />
      </div>
      <Section id="history" title={inventory.history} flush>
        {history.length === 0 ? (
          <p className="px-4 pb-4 text-muted">{shell.none}</p>
        ) : (
          <DeploymentTable
            rows={history.map((row) => newerRow(row, live.get(row.id)))}
            label={inventory.history}
            withMachine={false}
          />
        )}
      </Section>
    </>
  );
}

function Actions(): ReactElement {
  const { machine } = useLoaderData<typeof loader>();
  const { inventory, shell } = useTexts();
  return (
    <Form method="post" className="flex flex-wrap gap-2">
      {machine.openDeploymentId !== null ? (
        <Link className="btn btn-primary" to={`/deployments/${machine.openDeploymentId}`}>
          {inventory.openDeployment}
        </Link>
      ) : (
        <Link className="btn btn-primary" to={`/deployments/new?machine=${machine.id}`}>
          {inventory.deploy}
        </Link>
      )}
      {machine.registered ? null : (
        <button className="btn" name="intent" value="register">
          {inventory.register}
        </button>
      )}
      <button className="btn" name="intent" value={machine.blocked ? 'unblock' : 'block'} title={inventory.blockText}>
        {machine.blocked ? inventory.unblock : inventory.block}
      </button>
      {machine.openDeploymentId === null ? (
        <Link className="btn" to={`/machines/${machine.id}/delete`}>
          {shell.delete}
        </Link>
      ) : null}
    </Form>
  );
}

/** The decision for this machine now, and each rule's verdict, first match deciding. */
function ExplainBoot(): ReactElement | null {
  const { explanation } = useLoaderData<typeof loader>();
  const { inventory, status, shell } = useTexts();
  if (explanation === null) return null;
  return (
    <Section id="explain" title={inventory.explain} lead={inventory.explainLead} flush>
      <p className="px-4 pb-3">
        <strong className="font-semibold">{status.boot[explanation.answer]}</strong>:{' '}
        {status.bootRule[explanation.rule] ?? <span lang="en">{explanation.because}</span>}
      </p>
      <TableRegion label={inventory.explain}>
        <thead>
          <tr>
            <th scope="col">{inventory.rule}</th>
            <th scope="col">{inventory.applies}</th>
            <th scope="col">{inventory.answer}</th>
          </tr>
        </thead>
        <tbody>
          {explanation.rules.map(({ rule, answer, because, applies, decides }) => (
            <tr key={rule} className={decides ? 'bg-sunken' : ''}>
              <th scope="row" className="font-normal!">
                {status.bootRule[rule] ?? <span lang="en">{because}</span>}
              </th>
              <td className="whitespace-nowrap">
                {decides ? (
                  <Badge tone="blue" icon="tick">
                    {inventory.decides}
                  </Badge>
                ) : applies ? (
                  shell.yes
                ) : (
                  <span className="text-muted">{shell.no}</span>
                )}
              </td>
              <td>{status.boot[answer]}</td>
            </tr>
          ))}
        </tbody>
      </TableRegion>
    </Section>
  );
}
