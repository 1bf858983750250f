import { isRouteErrorResponse, useRouteError } from '@remix-run/react';
import type { ReactElement } from 'react';
import type { ApiProblem } from '../api-problem.ts';
import { useTexts } from '../kit/context.tsx';
import { Link } from '../kit/nav.tsx';

/** What stands where a page would be: what failed, what to quote, where to go on. Detail of our own faults stays in the log. */
export function FailurePage(): ReactElement {
  const error = useRouteError();
  const { shell, problems } = useTexts();
  const problem = isRouteErrorResponse(error) ? problemIn(error.data) : undefined;
  const notFound = isRouteErrorResponse(error) && error.status === 404;
  return (
    <div className="card px-6 py-10 text-center">
      <h1>{notFound ? shell.notFoundTitle : shell.failedTitle}</h1>
      <p className="mx-auto mt-2 max-w-prose text-muted">
        {notFound ? shell.notFoundText : problems.titles[problem?.code ?? 'unknown']}
      </p>
      {problem === undefined || notFound || problem.detail === '' ? null : (
        <p className="mx-auto mt-1 max-w-prose text-muted" lang="en">
          {problem.detail}
        </p>
      )}
      {problem === undefined || problem.instance === '' || notFound ? null : (
        <p className="mt-2 text-sm text-muted">
          {problems.reference}: <code>{problem.instance}</code>
        </p>
      )}
      <p className="mt-5 flex justify-center gap-2">
        {notFound ? null : (
          <a className="btn" href="">
            {shell.tryAgain}
          </a>
        )}
        <Link className="btn" to="/">
          {shell.toOverview}
        </Link>
      </p>
    </div>
  );
}

function problemIn(data: unknown): ApiProblem | undefined {
  const looksRight = typeof data === 'object' && data !== null && 'code' in data && 'instance' in data;
  return looksRight ? (data as ApiProblem) : undefined;
}
