import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import type { ReactElement } from 'react';
import { isFinal } from '../../../../domain/phases.ts';
import type { DeploymentStatus, PhaseName } from '../../../../domain/phases.ts';
import { useTexts } from '../../kit/context.tsx';
import { newerRow, useAnnounce, useLiveRows, useRefreshOn } from '../../live/provider.tsx';
import { ActivityList, SHOWS } from '../../parts/deployment/activity.tsx';
import { Details } from '../../parts/deployment/details.tsx';
import { EvidenceTable } from '../../parts/deployment/evidence.tsx';
import { Head } from '../../parts/deployment/head.tsx';
import { Hold } from '../../parts/deployment/hold.tsx';
import { Timeline } from '../../parts/deployment/timeline.tsx';
import { titled } from '../../parts/title.ts';
import { readActivity, readDeployment } from '../../server/deployments.server.ts';
import { idIn } from '../../server/params.server.ts';

export const meta: MetaFunction<typeof loader> = ({ matches, data: loaded }) =>
  titled(matches, ({ status, deployments }) => {
    if (loaded === undefined) return deployments.title;
    const { status: state, phase, hostName } = loaded.deployment;
    return `${state === 'running' ? status.phase[phase] : status.status[state]} · ${hostName}`;
  });

const LINES = 100;

export async function loader({ params, request, context }: LoaderFunctionArgs) {
  const id = idIn(params);
  const given = new URL(request.url).searchParams;
  const show = SHOWS.find((known) => known === given.get('show')) ?? 'all';
  const cursor = given.get('cursor') ?? undefined;
  const asking = { request, context };
  const [deployment, activity] = await Promise.all([
    readDeployment(asking, id),
    readActivity(asking, id, { show, cursor, limit: LINES }),
  ]);
  return { deployment, activity, show, older: cursor !== undefined };
}

export default function DeploymentPage(): ReactElement {
  const { deployment: loaded, activity, show, older } = useLoaderData<typeof loader>();
  const { id } = loaded;
  const deployment = newerRow(loaded, useLiveRows().get(id));
  useRefreshOn(
    (change) =>
      (change.topic === 'deployment' || change.topic === 'removed' || (change.topic === 'activity' && !older)) &&
      change.id === id,
  );
  useAnnouncePhase(deployment.hostName, deployment.status, deployment.phase);
  return (
    <>
      <Head deployment={deployment} />
      <Hold deployment={deployment} />
      <div className="grid items-start gap-x-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="min-w-0">
          <Timeline deployment={deployment} />
          {deployment.checks.length > 0 || isFinal(deployment.status) || deployment.phase === 'checking-agent' ? (
            <EvidenceTable checks={deployment.checks} />
          ) : null}
        </div>
        <Details deployment={deployment} />
      </div>
      <ActivityList id={id} items={activity.items} next={activity.next} show={show} older={older} />
    </>
  );
}

/** A screen reader hears of phases and endings, not of percentages. */
function useAnnouncePhase(hostName: string, status: DeploymentStatus, phase: PhaseName): void {
  const { shell, status: words } = useTexts();
  const announce = useAnnounce();
  const now = status === 'running' ? words.phase[phase] : words.status[status];
  const before = useRef(now);
  useEffect(() => {
    if (before.current === now) return;
    before.current = now;
    announce(shell.nowIn(hostName, now));
  }, [now, announce, hostName, shell]);
}
