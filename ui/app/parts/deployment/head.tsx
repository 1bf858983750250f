import type { ReactElement } from 'react';
import type { DeploymentView } from '../../../../api/contract/deployments.ts';
import { useTexts } from '../../kit/context.tsx';
import { Icon } from '../../kit/icon.tsx';
import { PageHead } from '../../kit/layout.tsx';
import { Link } from '../../kit/nav.tsx';
import { Badge, Progress, Status } from '../../kit/status.tsx';
import { Elapsed, Until } from '../../kit/time.tsx';

/** Who, where it stands, and what one may do. Buttons name their scope; each leads to a page that asks. */
export function Head({ deployment }: { readonly deployment: DeploymentView }): ReactElement {
  const { deployments, commands, shell } = useTexts();
  const { id, actions, hostName, mac, imageName, machineId } = deployment;
  const again = new URLSearchParams({ machine: machineId, image: deployment.imageId, host: hostName });
  return (
    <>
      <PageHead
        title={hostName}
        above={{ to: '/deployments', label: deployments.title }}
        lead={
          <>
            <Link to={`/machines/${machineId}`} className="mono inline-block min-h-6 leading-6">
              {mac}
            </Link>
            {' · '}
            {imageName}
          </>
        }
      >
        {actions.retry || actions.retryFrom.length > 0 ? (
          <Link className="btn btn-primary" to={`/deployments/${id}/retry`}>
            {commands.retry}
          </Link>
        ) : null}
        {actions.extend ? (
          <Link className="btn" to={`/deployments/${id}/extend`}>
            {commands.extend}
          </Link>
        ) : null}
        {actions.fail ? (
          <Link className="btn" to={`/deployments/${id}/fail`}>
            {commands.fail}
          </Link>
        ) : null}
        {actions.cancel ? (
          <Link className="btn" to={`/deployments/${id}/cancel`}>
            {commands.cancel}
          </Link>
        ) : null}
        {actions.delete ? (
          <>
            <Link className="btn" to={`/deployments/new?${again.toString()}`}>
              {commands.retryFromStart}
            </Link>
            <Link className="btn" to={`/deployments/${id}/delete`}>
              {commands.delete}
            </Link>
          </>
        ) : null}
      </PageHead>
      <div className="card mb-5 grid gap-3 px-4 py-4">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Status status={deployment.status} phase={deployment.phase} />
          <Waiting deployment={deployment} />
          <span className="ms-auto flex items-center gap-2 text-sm text-muted">
            {deployments.attempt} {deployment.attempt}
            {deployment.demo ? (
              <Badge tone="grey" icon="info">
                {shell.demo}
              </Badge>
            ) : null}
          </span>
        </div>
        <Progress percent={deployment.percent} status={deployment.status} label={deployments.progress} />
        <p className="text-muted">
          <WaitsFor deployment={deployment} />
        </p>
      </div>
    </>
  );
}

/** Since when, against which limit. */
function Waiting({ deployment }: { readonly deployment: DeploymentView }): ReactElement {
  const { deployments } = useTexts();
  const { status, phase, phaseSince, deadlineAt, endedAt, phases } = deployment;
  const number = phases.findIndex(({ name }) => name === phase) + 1;
  if (endedAt !== null) return <></>;
  return (
    <span className="flex flex-wrap items-center gap-x-3 text-sm text-muted">
      {number > 0 ? <span>{deployments.step(number, phases.length)}</span> : null}
      <span className="inline-flex items-center gap-1.5">
        <Icon name="clock" />
        <span>
          {deployments.waitsSince} <Elapsed since={phaseSince} />
        </span>
      </span>
      {deadlineAt === null || status !== 'running' ? null : (
        <span>
          {deployments.deadline} <Until time={deadlineAt} />
        </span>
      )}
    </span>
  );
}

function WaitsFor({ deployment }: { readonly deployment: DeploymentView }): ReactElement {
  const { status, timeline } = useTexts();
  const known: Readonly<Record<string, string>> = timeline.step;
  const { phase, step } = deployment;
  if (deployment.status !== 'running') return <>{status.ended[deployment.status]}</>;
  return (
    <>
      {status.waitsFor[phase]}
      {phase === 'installing' && step !== '' ? (
        <strong className="font-semibold text-ink"> {known[step] ?? step}</strong>
      ) : null}
    </>
  );
}
