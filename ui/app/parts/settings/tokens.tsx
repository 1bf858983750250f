import type { ReactElement } from 'react';
import type { TokenView } from '../../../../api/contract/access.ts';
import type { ApiProblem } from '../../api-problem.ts';
import { useReader, useTexts } from '../../kit/context.tsx';
import { CopyText } from '../../kit/copy.tsx';
import { Input } from '../../kit/field.tsx';
import { Notice, Section, TableRegion } from '../../kit/layout.tsx';
import { Form } from '../../kit/nav.tsx';
import { Ago, At } from '../../kit/time.tsx';
import { fieldErrors } from '../field-errors.ts';
import { ProblemNotice } from '../problem.tsx';

/** API tokens: made here, shown once, revoked here. */
export function TokenSection({
  tokens,
  problem,
  created,
  origin,
}: {
  readonly tokens: readonly TokenView[];
  readonly problem: ApiProblem | undefined;
  /** The token just made. Never stored by the page: a reload and it is gone. */
  readonly created: string | undefined;
  readonly origin: string;
}): ReactElement {
  const { access } = useTexts();
  const { language } = useReader();
  const errors = fieldErrors(problem, language);
  return (
    <Section id="tokens-section" title={access.tokensTitle} lead={access.tokensText}>
      <ProblemNotice problem={problem} />
      {created === undefined ? null : (
        <Notice tone="green" title={access.tokenCreated} alert>
          <div className="my-2">
            <CopyText text={created} label={access.tokenCreated} />
          </div>
          <p className="text-sm">{access.tokenUse}</p>
          <pre className="code mt-1" tabIndex={0} aria-label={access.tokenUse}>
            {`curl -H 'Authorization: Bearer …' ${origin}/api/v1/deployments`}
          </pre>
        </Notice>
      )}
      {tokens.length === 0 ? <p className="mb-4 text-muted">{access.tokensNone}</p> : <TokenTable tokens={tokens} />}
      <Form method="post" className="grid items-start gap-4 pt-2 sm:grid-cols-[2fr_1fr]" key={created ?? ''}>
        <input type="hidden" name="intent" value="create" />
        <Input
          name="name"
          label={access.tokenName}
          error={errors['/name']}
          maxLength={100}
          required
          autoComplete="off"
        />
        <Input
          name="days"
          type="number"
          min={1}
          max={3_650}
          label={access.tokenDays}
          hint={access.tokenDaysHint}
          error={errors['/days']}
          defaultValue={365}
        />
        <div>
          <button className="btn btn-primary">{access.createToken}</button>
        </div>
      </Form>
    </Section>
  );
}

function TokenTable({ tokens }: { readonly tokens: readonly TokenView[] }): ReactElement {
  const { access, inventory, shell } = useTexts();
  return (
    <div className="mb-4 rounded-md border border-line">
      <TableRegion label={access.tokensCaption}>
        <thead>
          <tr>
            <th scope="col">{inventory.name}</th>
            <th scope="col">{access.hint}</th>
            <th scope="col">{access.created}</th>
            <th scope="col">{access.expires}</th>
            <th scope="col">{access.lastUsed}</th>
            <th scope="col">
              <span className="sr-only">{access.revoke}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map(({ id, name, hint, createdAt, expiresAt, lastUsedAt }) => (
            <tr key={id}>
              <th scope="row">{name}</th>
              <td className="mono">{hint}…</td>
              <td className="text-muted">
                <Ago time={createdAt} />
              </td>
              <td>{expiresAt === null ? shell.never : <At time={expiresAt} />}</td>
              <td className="text-muted">{lastUsedAt === null ? shell.never : <Ago time={lastUsedAt} />}</td>
              <td>
                <Form method="post">
                  <input type="hidden" name="intent" value="revoke" />
                  <input type="hidden" name="id" value={id} />
                  <button className="btn btn-small" aria-label={access.revokeNamed(name)}>
                    {access.revoke}
                  </button>
                </Form>
              </td>
            </tr>
          ))}
        </tbody>
      </TableRegion>
    </div>
  );
}
