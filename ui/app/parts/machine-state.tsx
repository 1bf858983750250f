import type { ReactElement } from 'react';
import type { MachineView } from '../../../api/contract/inventory.ts';
import { useTexts } from '../kit/context.tsx';
import { Badge } from '../kit/status.tsx';

/** How a machine stands to the service, the most important first. */
export function MachineState({ machine }: { readonly machine: MachineView }): ReactElement {
  const { inventory, shell } = useTexts();
  return (
    <span className="inline-flex flex-wrap gap-1">
      {machine.blocked ? (
        <Badge tone="red" icon="bar">
          {inventory.blocked}
        </Badge>
      ) : machine.openDeploymentId !== null ? (
        <Badge tone="blue" icon="work">
          {inventory.deploying}
        </Badge>
      ) : machine.registered ? (
        <Badge tone="grey" icon="tick">
          {inventory.registered}
        </Badge>
      ) : (
        <Badge tone="amber" icon="info">
          {inventory.newlySeen}
        </Badge>
      )}
      {machine.demo ? (
        <Badge tone="grey" icon="info">
          {shell.demo}
        </Badge>
      ) : null}
    </span>
  );
}
