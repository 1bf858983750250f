import type { ReactElement } from 'react';
import type { DeploymentView } from '../../../../api/contract/deployments.ts';
import { useTexts } from '../../kit/context.tsx';
import { Notice } from '../../kit/layout.tsx';

/** Why it stopped, in the machine's own words too, and what a person should look at. */
export function Hold({ deployment }: { readonly deployment: DeploymentView }): ReactElement | null {
  const { status, hints, deployments } = useTexts();
  const { hold } = deployment;
  if (hold === null) return null;
  return (
    <Notice tone={deployment.status === 'holding' ? 'amber' : 'red'} title={status.hold[hold.reason]}>
      {hold.message === '' ? null : (
        <p lang="en" className="mt-1 whitespace-pre-wrap">
          <q>{hold.message}</q>
        </p>
      )}
      <p className="mt-2 text-sm font-semibold">{deployments.hints}</p>
      <ul className="list-disc ps-5 text-[0.9375rem]">
        {hints[hold.reason].map((hint) => (
          <li key={hint}>{hint}</li>
        ))}
      </ul>
    </Notice>
  );
}
