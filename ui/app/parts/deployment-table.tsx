import type { ReactElement } from 'react';
import type { DeploymentRow } from '../../../api/contract/deployments.ts';
import { useTexts } from '../kit/context.tsx';
import { Badge, Progress, Status } from '../kit/status.tsx';
import { TableRegion } from '../kit/layout.tsx';
import { Link } from '../kit/nav.tsx';
import { Ago } from '../kit/time.tsx';

/** Deployments, one a row. The host name is the link; a row itself is not clickable. */
export function DeploymentTable({
  rows,
  label,
  withMachine = true,
}: {
  readonly rows: readonly DeploymentRow[];
  readonly label: string;
  readonly withMachine?: boolean;
}): ReactElement {
  const { deployments } = useTexts();
  return (
    <TableRegion label={label}>
      <thead>
        <tr>
          <th scope="col">{deployments.host}</th>
          <th scope="col">{deployments.status}</th>
          <th scope="col">{deployments.progress}</th>
          {withMachine ? <th scope="col">{deployments.machine}</th> : null}
          <th scope="col">{deployments.image}</th>
          <th scope="col">{deployments.since}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} withMachine={withMachine} />
        ))}
      </tbody>
    </TableRegion>
  );
}

function Row({ row, withMachine }: { readonly row: DeploymentRow; readonly withMachine: boolean }): ReactElement {
  const { deployments, shell } = useTexts();
  return (
    <tr data-deployment={row.id} data-version={row.version}>
      <th scope="row">
        <span className="flex items-center gap-2">
          <Link to={`/deployments/${row.id}`} className="whitespace-nowrap">
            {row.hostName}
          </Link>
          {row.demo ? (
            <Badge tone="grey" icon="info">
              {shell.demo}
            </Badge>
          ) : null}
        </span>
      </th>
      <td>
        <span className="flex flex-wrap items-center gap-x-1.5">
          <Status status={row.status} phase={row.phase} />
          <Finer row={row} />
        </span>
      </td>
      <td className="w-44">
        <Progress percent={row.percent} status={row.status} label={`${deployments.progress}, ${row.hostName}`} />
      </td>
      {withMachine ? (
        <td className="mono whitespace-nowrap">
          <Link to={`/machines/${row.machineId}`} className="inline-block min-h-6 leading-6">
            {row.mac}
          </Link>
        </td>
      ) : null}
      <td>{row.imageName}</td>
      <td className="text-muted">
        <Ago time={row.endedAt ?? row.phaseSince} />
      </td>
    </tr>
  );
}

/** Beside the status: the installer's step, or where and why it stopped. */
function Finer({ row }: { readonly row: DeploymentRow }): ReactElement | null {
  const { status, timeline } = useTexts();
  const known: Readonly<Record<string, string>> = timeline.step;
  const text =
    row.status === 'holding' && row.holdReason !== null
      ? status.hold[row.holdReason]
      : row.status === 'failed' || row.status === 'holding'
        ? status.whilePhase[row.phase]
        : row.status === 'running' && row.phase === 'installing' && row.step !== ''
          ? (known[row.step] ?? row.step)
          : '';
  return text === '' ? null : <span className="text-sm text-muted">{text}</span>;
}
