import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import type { ReactElement } from 'react';
import { useTexts } from '../../kit/context.tsx';
import { Facts, PageHead, Section } from '../../kit/layout.tsx';
import { Link } from '../../kit/nav.tsx';
import { Ago, At } from '../../kit/time.tsx';
import { useLiveRows, newerRow, useRefreshOn } from '../../live/provider.tsx';
import { DeploymentTable } from '../../parts/deployment-table.tsx';
import { titled } from '../../parts/title.ts';
import { listDeployments } from '../../server/deployments.server.ts';
import { readSystem } from '../../server/inventory.server.ts';
import { idIn } from '../../server/params.server.ts';

export const meta: MetaFunction<typeof loader> = ({ matches, data }) =>
  titled(matches, ({ shell }) => data?.system.hostName ?? shell.systems);

export async function loader({ params, request, context }: LoaderFunctionArgs) {
  const asking = { request, context };
  const system = await readSystem(asking, idIn(params));
  const history = await listDeployments(asking, { machineId: system.machineId, limit: 20 });
  return { system, history: history.items };
}

export default function SystemPage(): ReactElement {
  const { system, history } = useLoaderData<typeof loader>();
  const { inventory, shell } = useTexts();
  const live = useLiveRows();
  useRefreshOn(({ topic, id }) => topic === 'removed' || (topic === 'system' && id === system.id));
  const { hostName, osName, osVersion, domainName, agentVersion, lastReportAt, acceptedAt, machineId, deploymentId } =
    system;
  return (
    <>
      <PageHead title={hostName} above={{ to: '/systems', label: inventory.systemsTitle }}>
        <Link className="btn" to={`/deployments/new?machine=${machineId}&host=${encodeURIComponent(hostName)}`}>
          {inventory.deploy}
        </Link>
        <Link className="btn" to={`/systems/${system.id}/delete`}>
          {shell.delete}
        </Link>
      </PageHead>
      <Section id="details" title={shell.details}>
        <Facts
          rows={[
            [inventory.os, `${osName} ${osVersion}`.trim()],
            [inventory.domain, domainName],
            [inventory.agent, agentVersion],
            [inventory.lastReport, lastReportAt === null ? shell.never : <Ago time={lastReportAt} />],
            [inventory.accepted, acceptedAt === null ? inventory.notAccepted : <At time={acceptedAt} />],
            [
              inventory.machine,
              <Link key="machine" to={`/machines/${machineId}`}>
                {shell.details}
              </Link>,
            ],
            [
              inventory.deployedBy,
              deploymentId === null ? null : <Link to={`/deployments/${deploymentId}`}>{shell.details}</Link>,
            ],
          ]}
        />
      </Section>
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
