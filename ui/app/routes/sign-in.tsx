import { data, redirect } from '@remix-run/node';
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { ReactElement } from 'react';
import type { ApiProblem } from '../api-problem.ts';
import { attempt } from '../api-client.server.ts';
import { useTexts } from '../kit/context.tsx';
import { Input } from '../kit/field.tsx';
import { Logo } from '../kit/icon.tsx';
import { Form } from '../kit/nav.tsx';
import { PreferencesForm } from '../parts/preferences-form.tsx';
import { ProblemNotice } from '../parts/problem.tsx';
import { titled } from '../parts/title.ts';
import { signIn } from '../server/access.server.ts';
import { textOf } from '../server/params.server.ts';
import { preferencesOf, safePath } from '../server/preferences.server.ts';

export const meta: MetaFunction = ({ matches }) => titled(matches, ({ access }) => access.signIn);

/** A one-time link is only shown here, never used: mail scanners and previews open links as well. */
export function loader({ request }: LoaderFunctionArgs): {
  readonly code: string;
  readonly to: string;
  readonly theme: string;
} {
  const { searchParams } = new URL(request.url);
  return {
    code: searchParams.get('code') ?? '',
    to: safePath(searchParams.get('to')),
    theme: preferencesOf(request).theme,
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const code = textOf(form, 'code');
  const name = textOf(form, 'name');
  const body = code === '' ? { name, password: textOf(form, 'password') } : { code };
  const outcome = await attempt(signIn({ request, context }, body));
  if (!outcome.ok) return data({ problem: outcome.problem, name }, { status: outcome.problem.status });
  const headers = new Headers();
  for (const cookie of outcome.value.cookies) headers.append('Set-Cookie', cookie);
  const firstTime = !outcome.value.session.passwordSet;
  return redirect(firstTime ? '/settings?first=1#password' : safePath(form.get('to')), { headers, status: 303 });
}

export default function SignIn(): ReactElement {
  const { code, to, theme } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>() as { problem: ApiProblem; name: string } | undefined;
  const { access, shell } = useTexts();
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-6 px-4 py-10">
      <header>
        <p className="flex items-center gap-2 text-lg font-semibold">
          <Logo />
          {shell.product}
        </p>
        <p className="mt-1 text-muted">{access.lead}</p>
      </header>
      <section className="card p-6">
        <h1 className="mb-4">{access.signIn}</h1>
        <ProblemNotice problem={refused?.problem} />
        <Form method="post" className="grid gap-4">
          <input type="hidden" name="to" value={to} />
          {code === '' ? (
            <PasswordFields name={refused?.name ?? 'admin'} />
          ) : (
            <>
              <input type="hidden" name="code" value={code} />
              <p className="text-muted">{access.byLink}</p>
            </>
          )}
          <button className="btn btn-primary">{access.signIn}</button>
        </Form>
        {code === '' ? (
          <p className="mt-5 text-sm text-muted">
            {access.noPassword} <code>octofleet sign-in-link</code>
          </p>
        ) : null}
      </section>
      <PreferencesForm theme={theme} />
    </main>
  );
}

function PasswordFields({ name }: { readonly name: string }): ReactElement {
  const { access } = useTexts();
  return (
    <>
      <Input name="name" label={access.name} autoComplete="username" defaultValue={name} required />
      <Input name="password" type="password" label={access.password} autoComplete="current-password" required />
    </>
  );
}
