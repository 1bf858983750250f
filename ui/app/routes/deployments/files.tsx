import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import type { ReactElement } from 'react';
import { useTexts } from '../../kit/context.tsx';
import { PageHead } from '../../kit/layout.tsx';
import { Files } from '../../parts/files.tsx';
import { titled } from '../../parts/title.ts';
import { idIn } from '../../server/params.server.ts';
import { readDeployment, readFiles } from '../../server/deployments.server.ts';

export const meta: MetaFunction = ({ matches }) => titled(matches, ({ deployments }) => deployments.files);

export async function loader({ params, request, context }: LoaderFunctionArgs) {
  const id = idIn(params);
  const asking = { request, context };
  const [{ hostName }, preview] = await Promise.all([readDeployment(asking, id), readFiles(asking, id)]);
  return { id, hostName, preview };
}

export default function FilesOfDeployment(): ReactElement {
  const { id, hostName, preview } = useLoaderData<typeof loader>();
  const { deployments } = useTexts();
  return (
    <>
      <PageHead
        title={deployments.files}
        above={{ to: `/deployments/${id}`, label: hostName }}
        lead={deployments.filesText}
      />
      <Files preview={preview} />
    </>
  );
}
