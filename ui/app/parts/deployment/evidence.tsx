import type { ReactElement } from 'react';
import type { DeploymentView } from '../../../../api/contract/deployments.ts';
import { useTexts } from '../../kit/context.tsx';
import type { IconName } from '../../kit/icon.tsx';
import { Section, TableRegion } from '../../kit/layout.tsx';
import type { Tone } from '../../kit/layout.tsx';
import { Badge } from '../../kit/status.tsx';

type Check = DeploymentView['checks'][number];

const LOOK: Readonly<Record<Check['verdict'], readonly [Tone, IconName]>> = {
  pass: ['green', 'tick'],
  fail: ['red', 'cross'],
  warn: ['amber', 'warning'],
  skip: ['grey', 'bar'],
};

/** The certificate: each promise against what the system says about itself. */
export function EvidenceTable({ checks }: { readonly checks: readonly Check[] }): ReactElement {
  const { deployments, status } = useTexts();
  return (
    <Section
      id="evidence"
      title={deployments.evidence}
      lead={checks.length === 0 ? deployments.noEvidence : deployments.evidenceText}
      flush
    >
      {checks.length === 0 ? null : (
        <TableRegion label={deployments.evidence}>
          <thead>
            <tr>
              <th scope="col">{deployments.check}</th>
              <th scope="col">{deployments.verdict}</th>
              <th scope="col">{deployments.expected}</th>
              <th scope="col">{deployments.found}</th>
            </tr>
          </thead>
          <tbody>
            {checks.map(({ name, verdict, expected, found }) => (
              <tr key={name}>
                <th scope="row">{status.check[name]}</th>
                <td>
                  <Badge tone={LOOK[verdict][0]} icon={LOOK[verdict][1]}>
                    {status.verdict[verdict]}
                  </Badge>
                </td>
                <td lang="en" className="break-words">
                  {verdict === 'skip' ? '–' : expected}
                </td>
                <td lang="en" className="break-words">
                  {found === '' ? '–' : found}
                </td>
              </tr>
            ))}
          </tbody>
        </TableRegion>
      )}
    </Section>
  );
}
