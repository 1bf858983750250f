import type { ReactElement } from 'react';
import type { DeploymentView } from '../../../../api/contract/deployments.ts';
import { isFinal } from '../../../../domain/phases.ts';
import { useTexts } from '../../kit/context.tsx';
import { Icon } from '../../kit/icon.tsx';
import { Facts, Section } from '../../kit/layout.tsx';
import { Link } from '../../kit/nav.tsx';
import { Ago, At } from '../../kit/time.tsx';
import { settingsFacts } from '../settings-facts.tsx';

/** What it was asked to do and where else it can be seen. Its files are gone with its secrets once it has ended. */
export function Details({ deployment }: { readonly deployment: DeploymentView }): ReactElement {
  const texts = useTexts();
  const { deployments } = texts;
  const { id, templateId, systemId, temporalUrl } = deployment;
  return (
    <Section id="details" title={deployments.details}>
      <Facts
        rows={[
          [
            deployments.image,
            <Link key="image" to={`/images/${deployment.imageId}`}>
              {deployment.imageName}
            </Link>,
          ],
          [
            deployments.template,
            templateId === null ? (
              deployments.noTemplate
            ) : (
              <Link to={`/templates/${templateId}`}>{deployments.template}</Link>
            ),
          ],
          ...settingsFacts(deployment.settings, texts),
          [deployments.created, <At key="created" time={deployment.createdAt} />],
          [deployments.createdBy, deployment.createdBy],
          [deployments.lastSign, deployment.lastSeenAt === null ? null : <Ago time={deployment.lastSeenAt} />],
          [
            deployments.system,
            systemId === null ? null : <Link to={`/systems/${systemId}`}>{deployment.hostName}</Link>,
          ],
        ]}
      />
      <p className="mt-4 flex flex-wrap gap-2">
        {isFinal(deployment.status) ? null : (
          <Link className="btn btn-small" to={`/deployments/${id}/files`}>
            {deployments.files}
          </Link>
        )}
        {temporalUrl === null ? null : (
          <a className="btn btn-small" href={temporalUrl} rel="noreferrer">
            {deployments.temporal}
            <Icon name="link" />
          </a>
        )}
      </p>
    </Section>
  );
}
