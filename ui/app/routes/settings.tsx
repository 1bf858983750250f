import { data, redirect } from '@remix-run/node';
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { ReactElement } from 'react';
import type { ApiProblem } from '../api-problem.ts';
import { attempt } from '../api-client.server.ts';
import type { Asking } from '../api-client.server.ts';
import { useTexts } from '../kit/context.tsx';
import { PageHead } from '../kit/layout.tsx';
import { PasswordSection } from '../parts/settings/password.tsx';
import { TokenSection } from '../parts/settings/tokens.tsx';
import { titled } from '../parts/title.ts';
import { createToken, listTokens, readSession, revokeToken, setPassword } from '../server/access.server.ts';
import { textOf } from '../server/params.server.ts';

export const meta: MetaFunction = ({ matches }) => titled(matches, ({ shell }) => shell.settings);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const asking = { request, context };
  const session = await readSession(asking);
  // Tokens are the administrator's; for others the rest of the page still works.
  const tokens = session.role === 'administrator' ? (await listTokens(asking)).items : null;
  return { session, tokens, origin: context.publicUrl };
}

export type SettingsAnswer =
  | { readonly about: 'password' | 'tokens'; readonly problem: ApiProblem }
  | { readonly about: 'tokens'; readonly token: string };

export async function action({ request, context }: ActionFunctionArgs) {
  const asking = { request, context };
  const form = await request.formData();
  switch (textOf(form, 'intent')) {
    case 'password':
      return await changePassword(asking, form);
    case 'revoke':
      return await revoke(asking, textOf(form, 'id'));
    default:
      return await makeToken(asking, form);
  }
}

async function changePassword(asking: Asking, form: FormData) {
  const body = { current: textOf(form, 'current'), password: textOf(form, 'password') };
  const outcome = await attempt(setPassword(asking, body));
  if (!outcome.ok) return refused('password', outcome.problem);
  const headers = new Headers();
  for (const cookie of outcome.value) headers.append('Set-Cookie', cookie);
  return redirect('/settings?said=passwordSet', { headers, status: 303 });
}

async function makeToken(asking: Asking, form: FormData) {
  const days = textOf(form, 'days').trim();
  const body = { name: textOf(form, 'name').trim(), days: days === '' ? null : Number(days) };
  const outcome = await attempt(createToken(asking, body));
  if (!outcome.ok) return refused('tokens', outcome.problem);
  const answer: SettingsAnswer = { about: 'tokens', token: outcome.value.token };
  return data(answer);
}

async function revoke(asking: Asking, id: string) {
  const outcome = await attempt(revokeToken(asking, id));
  return outcome.ok ? redirect('/settings?said=revoked', 303) : refused('tokens', outcome.problem);
}

function refused(about: 'password' | 'tokens', problem: ApiProblem) {
  const answer: SettingsAnswer = { about, problem };
  return data(answer, { status: problem.status });
}

export default function Settings(): ReactElement {
  const { session, tokens, origin } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const { access } = useTexts();
  const problemOf = (about: SettingsAnswer['about']) =>
    answer?.about === about && 'problem' in answer ? answer.problem : undefined;
  return (
    <div className="mx-auto max-w-4xl">
      <PageHead title={access.settingsTitle} />
      <PasswordSection passwordSet={session.passwordSet} problem={problemOf('password')} />
      {tokens === null ? null : (
        <TokenSection
          tokens={tokens}
          problem={problemOf('tokens')}
          created={answer !== undefined && 'token' in answer ? answer.token : undefined}
          origin={origin}
        />
      )}
    </div>
  );
}
