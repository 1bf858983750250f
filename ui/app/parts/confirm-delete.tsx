import type { ReactElement } from 'react';
import type { ApiProblem } from '../api-problem.ts';
import { useTexts } from '../kit/context.tsx';
import { PageHead } from '../kit/layout.tsx';
import { Form, Link } from '../kit/nav.tsx';
import { ProblemNotice } from './problem.tsx';

/** Asks once before a record goes. Its own page, so that it needs no script and a slip of the hand deletes nothing. */
export function ConfirmDelete({
  title,
  text,
  back,
  problem,
}: {
  readonly title: string;
  readonly text: string;
  readonly back: { readonly to: string; readonly label: string };
  readonly problem: ApiProblem | undefined;
}): ReactElement {
  const { shell } = useTexts();
  return (
    <div className="mx-auto max-w-2xl">
      <PageHead title={title} above={back} />
      <ProblemNotice problem={problem} />
      <Form method="post" className="card grid gap-4 p-5">
        <p>{text}</p>
        <div className="flex flex-wrap gap-2">
          <button className="btn btn-danger">{shell.delete}</button>
          <Link className="btn" to={back.to}>
            {shell.cancelForm}
          </Link>
        </div>
      </Form>
    </div>
  );
}
