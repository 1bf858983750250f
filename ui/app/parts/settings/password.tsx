import type { ReactElement } from 'react';
import type { ApiProblem } from '../../api-problem.ts';
import { useReader, useTexts } from '../../kit/context.tsx';
import { Input } from '../../kit/field.tsx';
import { Notice, Section } from '../../kit/layout.tsx';
import { Form, Link } from '../../kit/nav.tsx';
import { fieldErrors } from '../field-errors.ts';
import { ProblemNotice } from '../problem.tsx';

export function PasswordSection({
  passwordSet,
  problem,
}: {
  readonly passwordSet: boolean;
  readonly problem: ApiProblem | undefined;
}): ReactElement {
  const { access } = useTexts();
  const { language } = useReader();
  const errors = fieldErrors(problem, language);
  return (
    <Section id="password-section" title={access.passwordTitle}>
      {passwordSet ? null : <Notice tone="amber">{access.passwordFirst}</Notice>}
      <ProblemNotice problem={problem} />
      <Form method="post" className="grid max-w-md gap-4" key={problem?.instance ?? ''}>
        <input type="hidden" name="intent" value="password" />
        {passwordSet ? (
          <Input
            name="current"
            type="password"
            label={access.currentPassword}
            error={problem?.code === 'wrong-password' ? undefined : errors['/current']}
            autoComplete="current-password"
            required
          />
        ) : null}
        <Input
          name="password"
          type="password"
          label={access.newPassword}
          hint={access.newPasswordHint}
          error={errors['/password']}
          autoComplete="new-password"
          minLength={10}
          maxLength={256}
          required
        />
        <div className="flex flex-wrap gap-2">
          <button className="btn btn-primary">{access.setPassword}</button>
          {passwordSet ? null : (
            <Link className="btn" to="/">
              {access.later}
            </Link>
          )}
        </div>
      </Form>
    </Section>
  );
}
