import { redirect } from '@remix-run/node';
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { ReactElement } from 'react';
import type { DeploymentRow } from '../../../api/contract/deployments.ts';
import type { OverviewCounts } from '../../../api/contract/inventory.ts';
import { attempt } from '../api-client.server.ts';
import { useTexts } from '../kit/context.tsx';
import { Icon } from '../kit/icon.tsx';
import { Notice, PageHead, Section } from '../kit/layout.tsx';
import { Form, Link } from '../kit/nav.tsx';
import { newerRow, useLiveRows, useRefreshOn } from '../live/provider.tsx';
import { DeploymentTable } from '../parts/deployment-table.tsx';
import { ProblemNotice } from '../parts/problem.tsx';
import { titled } from '../parts/title.ts';
import { listDeployments, readOverview, removeDemo } from '../server/deployments.server.ts';
import { listTemplates } from '../server/inventory.server.ts';

export const meta: MetaFunction = ({ matches }) => titled(matches, ({ shell }) => shell.overview);

const SHOWN = 10;

export async function loader({ request, context }: LoaderFunctionArgs) {
  const asking = { request, context };
  const [counts, holding, running, newest, templates] = await Promise.all([
    readOverview(asking),
    listDeployments(asking, { status: 'holding', sort: 'phaseSince', limit: SHOWN }),
    listDeployments(asking, { status: 'queued,running', sort: '-createdAt', limit: SHOWN }),
    listDeployments(asking, { limit: 1 }),
    listTemplates(asking, { limit: 1 }),
  ]);
  return {
    counts,
    holding: holding.items,
    running: running.items,
    deployed: newest.items.length > 0,
    hasTemplate: templates.items.length > 0,
  };
}

/** The one thing that can be done here: remove the demo's records. */
export async function action({ request, context }: ActionFunctionArgs) {
  const outcome = await attempt(removeDemo({ request, context }));
  return outcome.ok ? redirect('/?said=demoRemoved', 303) : { problem: outcome.problem };
}

export default function Overview(): ReactElement {
  const { counts, holding, running, deployed, hasTemplate } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const { shell, deployments } = useTexts();
  useRefreshOn(({ topic }) => topic === 'deployment' || topic === 'removed' || topic === 'machine');
  return (
    <>
      <PageHead title={shell.overview}>
        <Link className="btn btn-primary" to="/deployments/new">
          <Icon name="plus" />
          {deployments.new}
        </Link>
      </PageHead>
      <ProblemNotice problem={refused?.problem} />
      {counts.demo ? <DemoNotice /> : null}
      <Counts counts={counts} />
      <Block id="needs-you" title={deployments.needsYou} rows={holding} empty={deployments.nothingNeedsYou} />
      <Block id="running" title={deployments.runningNow} rows={running} empty={deployments.nothingRuns} />
      {deployed && counts.images > 0 && !counts.demo ? null : (
        <FirstSteps image={counts.images > 0} template={hasTemplate} deployed={deployed} />
      )}
    </>
  );
}

function DemoNotice(): ReactElement {
  const { deployments } = useTexts();
  return (
    <Notice tone="blue">
      <Form method="post" className="flex flex-wrap items-center justify-between gap-3">
        <span>{deployments.demoNotice}</span>
        <button className="btn btn-small">{deployments.demoRemove}</button>
      </Form>
    </Notice>
  );
}

function Counts({ counts }: { readonly counts: OverviewCounts }): ReactElement {
  const { deployments, status } = useTexts();
  const tiles = [
    [status.status.running, counts.running, '/deployments?status=queued,running', ''],
    [status.status.holding, counts.holding, '/deployments?status=holding', counts.holding > 0 ? 'text-amber' : ''],
    [`${status.status.succeeded}, ${deployments.lastWeek}`, counts.succeededWeek, '/deployments?status=succeeded', ''],
    [
      `${status.status.failed}, ${deployments.lastWeek}`,
      counts.failedWeek,
      '/deployments?status=failed',
      counts.failedWeek > 0 ? 'text-red' : '',
    ],
    [deployments.newMachines, counts.newMachines, '/machines?show=new', ''],
  ] as const;
  return (
    <ul className="card mb-5 grid grid-cols-2 gap-px overflow-hidden bg-line! sm:grid-cols-3 lg:grid-cols-5">
      {tiles.map(([label, count, to, tone]) => (
        <li key={to} className="bg-surface">
          <Link to={to} className="plain flex h-full flex-col px-4 py-3 text-ink no-underline hover:bg-sunken">
            <span className={`text-2xl font-semibold tabular-nums ${tone}`}>{count}</span>
            <span className="text-sm text-muted">{label}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Block({
  id,
  title,
  rows,
  empty,
}: {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly DeploymentRow[];
  readonly empty: string;
}): ReactElement {
  const live = useLiveRows();
  return (
    <Section id={id} title={title} flush>
      {rows.length === 0 ? (
        <p className="px-4 pb-4 text-muted">{empty}</p>
      ) : (
        <DeploymentTable rows={rows.map((row) => newerRow(row, live.get(row.id)))} label={title} />
      )}
    </Section>
  );
}

function FirstSteps(done: {
  readonly image: boolean;
  readonly template: boolean;
  readonly deployed: boolean;
}): ReactElement {
  const { deployments } = useTexts();
  const steps = [
    [deployments.stepImage, deployments.stepImageText, '/images', done.image],
    [deployments.stepTemplate, deployments.stepTemplateText, '/templates', done.template],
    [deployments.stepDeploy, deployments.stepDeployText, '/deployments/new', done.deployed],
  ] as const;
  return (
    <Section id="first-steps" title={deployments.firstSteps}>
      <ol className="grid gap-4 sm:grid-cols-3">
        {steps.map(([title, text, to, isDone], index) => (
          <li key={to} className="flex gap-3">
            <span className={isDone ? 'mt-1 text-green' : 'mt-0.5 font-semibold text-muted'}>
              {isDone ? <Icon name="tick" /> : `${index + 1}.`}
            </span>
            <span>
              <Link to={to} className="inline-block min-h-6">
                {title}
              </Link>
              {isDone ? <span className="text-sm text-muted"> ({deployments.stepDone})</span> : null}
              <span className="block text-sm text-muted">{text}</span>
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
