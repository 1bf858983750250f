import type { AppLoadContext } from '@remix-run/node';
import { data, redirect } from '@remix-run/node';
import { Problem } from '../../api/contract/common.ts';
import { ApiProblemError } from './api-problem.ts';
import type { ApiProblem } from './api-problem.ts';
import { problems } from './i18n/problems.ts';
import type { ProblemCode } from './i18n/problems.ts';

/** All that a loader or action passes on about who is asking. */
export interface Asking {
  readonly request: Request;
  readonly context: AppLoadContext;
}

interface Parser<T> {
  parse(value: unknown): T;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** How long a page waits for the service before it says so. Removing the demo, which cancels first, takes longest. */
const PATIENCE_MS = 20_000;

/** Reads. Whatever goes wrong becomes the page's error, with the status the service gave; no session leads to sign-in. */
export async function read<T>(asking: Asking, path: string, shape: Parser<T>, query: Query = {}): Promise<T> {
  const response = await call(asking, 'GET', path, { query });
  if (response.ok) return shape.parse(await response.json());
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- throwing a Response is how a loader leaves for another page
  throw errorPage(await problemOf(response));
}

/**
 * Writes. A refusal is thrown as ApiProblemError, for `attempt` to hand to the form. `takes401`: the form asks for a
 * password, so "not accepted" is its own answer and no reason to leave for the sign-in page.
 */
export async function write(
  asking: Asking,
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  options: { readonly body?: unknown; readonly idempotencyKey?: string; readonly takes401?: boolean } = {},
): Promise<Response> {
  const response = await call(asking, method, path, options);
  if (response.ok) return response;
  throw new ApiProblemError(await problemOf(response));
}

/** The outcome of a write as data: what a form's action returns when it has to show the form again. */
export async function attempt<T>(
  work: Promise<T>,
): Promise<{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: ApiProblem }> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    if (error instanceof ApiProblemError) return { ok: false, problem: error.problem };
    throw error;
  }
}

async function call(
  { request, context }: Asking,
  method: string,
  path: string,
  {
    query = {},
    body,
    idempotencyKey,
    takes401 = false,
  }: { readonly query?: Query; readonly body?: unknown; readonly idempotencyKey?: string; readonly takes401?: boolean },
): Promise<Response> {
  const url = new URL(`/api/v1${path}`, context.apiUrl);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    signal: AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE_MS)]),
    headers: {
      Accept: 'application/json',
      Cookie: request.headers.get('cookie') ?? '',
      // The page's own guard has already refused other sites (ui/server.ts); this states it to the API's guard.
      Origin: new URL(context.apiUrl).origin,
      'Sec-Fetch-Site': 'same-origin',
      'User-Agent': request.headers.get('user-agent') ?? 'octofleet-ui',
      ...(context.clientAddress === '' ? {} : { 'X-Forwarded-For': context.clientAddress }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    if (!request.signal.aborted) context.reportError(error);
    return unreachable();
  });
  if (response.status !== 401 || takes401) return response;
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- throwing a Response is how a loader leaves for another page
  throw redirect(signInPath(request));
}

function unreachable(): Response {
  const problem: Problem = { type: '/problems/unreachable', title: 'The service cannot be reached', status: 503 };
  return Response.json(problem, { status: 503 });
}

/** Sign-in, and back here afterwards. A form that was sent cannot be sent again, so it leads to its page. */
function signInPath(request: Request): string {
  const { pathname, search } = new URL(request.url);
  const here = `${pathname.replace(/\.data$/, '').replace(/^\/_root$/, '/')}${search}`;
  return here === '/' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(here)}`;
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const parsed = Problem.safeParse(await response.json().catch(() => undefined));
  const { type, title, detail, instance, errors, deploymentId, missing, usedBy } = parsed.success
    ? parsed.data
    : { type: '', title: '' };
  const word = type.split('/').at(-1) ?? '';
  return {
    status: response.status,
    code: codeOf(response.status, word),
    detail: detail ?? (isKnown(word) ? '' : title),
    instance: instance ?? '',
    errors: errors ?? [],
    deploymentId: deploymentId ?? null,
    missing: missing ?? [],
    usedBy: usedBy ?? [],
  };
}

function isKnown(word: string): word is ProblemCode {
  return Object.hasOwn(problems.en.titles, word);
}

function codeOf(status: number, word: string): ProblemCode {
  if (isKnown(word)) return word;
  if (status === 404) return 'not-found';
  if (status === 403) return 'not-permitted';
  if (status === 429) return 'too-many-tries';
  return status < 500 ? 'invalid-request' : 'unknown';
}

/** What a loader throws: the route's error boundary shows it with the same status. */
function errorPage(problem: ApiProblem): ReturnType<typeof data<ApiProblem>> {
  return data(problem, { status: problem.status });
}
