import type { ReactElement } from 'react';
import type { ApiProblem } from '../api-problem.ts';
import { MESSAGES } from '../i18n/messages.ts';
import { useReader, useTexts } from '../kit/context.tsx';
import { Notice } from '../kit/layout.tsx';
import { Link } from '../kit/nav.tsx';

/** What the service refused, above a form. Its own English words follow where ours do not say it all. */
export function ProblemNotice({ problem }: { readonly problem: ApiProblem | undefined }): ReactElement | null {
  const { problems, inventory, deployments } = useTexts();
  const { language } = useReader();
  if (problem === undefined) return null;
  const { code, detail, errors, missing, usedBy, deploymentId, instance, status } = problem;
  const title =
    errors.length > 0 && code === 'invalid-request' ? problems.summary(errors.length) : problems.titles[code];
  return (
    <Notice tone="red" title={title} alert>
      {detail === '' || errors.length > 0 || (language === 'de' && KNOWN_BY_TITLE.has(code)) ? null : (
        <p lang="en">{detail}</p>
      )}
      {deploymentId === null ? null : (
        <p>
          <Link to={`/deployments/${deploymentId}`}>{deployments.open}</Link>
        </p>
      )}
      {missing.length === 0 ? null : (
        <ul className="mt-1 grid gap-1">
          {missing.map(({ role, cure }) => (
            <li key={role}>
              {Object.entries(inventory.roles).find(([name]) => name === role)?.[1] ?? role}: <code>{cure}</code>
            </li>
          ))}
        </ul>
      )}
      {usedBy.length === 0 ? null : (
        <ul className="mt-1 grid gap-1">
          {usedBy.map(({ kind, id, name }) => (
            <li key={`${kind} ${id}`}>
              {isUser(kind) ? problems.user[kind] : kind}:{' '}
              {isUser(kind) ? <Link to={`/${kind}s/${id}`}>{name === '' ? id : name}</Link> : name}
            </li>
          ))}
        </ul>
      )}
      {status < 500 || instance === '' ? null : (
        <p className="text-sm text-muted">
          {problems.reference}: <code>{instance}</code>
        </p>
      )}
    </Notice>
  );
}

/** The kinds of records that have a page of their own, which is named after them. */
function isUser(kind: string): kind is keyof typeof MESSAGES.en.problems.user {
  return Object.hasOwn(MESSAGES.en.problems.user, kind);
}

/** Where the title in the reader's language says all that the detail would. */
const KNOWN_BY_TITLE: ReadonlySet<string> = new Set([
  'machine-already-deploying',
  'wrong-password',
  'too-many-tries',
  'not-found',
  'still-in-use',
  'artefact-missing',
  'engine-unavailable',
  'store-unavailable',
  'deployment-not-open',
  'deployment-still-open',
]);
