import type { LoaderFunctionArgs } from '@remix-run/node';
import { Outlet, useLoaderData } from '@remix-run/react';
import type { ReactElement, ReactNode } from 'react';
import type { SessionView } from '../../../api/contract/access.ts';
import { useTexts } from '../kit/context.tsx';
import { Icon, Logo } from '../kit/icon.tsx';
import { Form, Link, NavLink, useNavigation } from '../kit/nav.tsx';
import { LiveProvider, useConnection } from '../live/provider.tsx';
import { FailurePage } from '../parts/failure.tsx';
import { FlashNotice } from '../parts/flash.tsx';
import { PreferencesForm } from '../parts/preferences-form.tsx';
import { readSession } from '../server/access.server.ts';
import { preferencesOf } from '../server/preferences.server.ts';

export async function loader({
  request,
  context,
}: LoaderFunctionArgs): Promise<{ readonly session: SessionView; readonly theme: string }> {
  return { session: await readSession({ request, context }), theme: preferencesOf(request).theme };
}

export default function Shell(): ReactElement {
  const { session, theme } = useLoaderData<typeof loader>();
  return (
    <LiveProvider>
      <Frame session={session} theme={theme}>
        <FlashNotice />
        <Outlet />
      </Frame>
    </LiveProvider>
  );
}

/** A page failed: the way around stays. */
export function ErrorBoundary(): ReactElement {
  const { shell } = useTexts();
  return (
    <>
      <header className="border-b border-line bg-surface px-4 py-3">
        <Link to="/" className="inline-block min-h-6 font-semibold">
          {shell.product}
        </Link>
      </header>
      <main id="content" className="mx-auto max-w-3xl px-4 py-12">
        <FailurePage />
      </main>
    </>
  );
}

function Frame({
  session,
  theme,
  children,
}: {
  readonly session: SessionView;
  readonly theme: string;
  readonly children: ReactNode;
}): ReactElement {
  const { shell } = useTexts();
  const busy = useNavigation().state !== 'idle';
  return (
    <>
      <a className="skip" href="#content">
        {shell.skip}
      </a>
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex max-w-7xl flex-wrap items-center gap-x-5 gap-y-1 px-4 py-2">
          <Link to="/" className="flex min-h-9 items-center gap-2 font-semibold text-ink no-underline">
            <Logo />
            {shell.product}
          </Link>
          <nav
            aria-label={shell.mainNavigation}
            className="order-last flex w-full flex-wrap gap-1 lg:order-none lg:w-auto lg:flex-1"
          >
            <Pages />
          </nav>
          <div className="ms-auto flex items-center gap-2">
            <ConnectionState />
            <Form method="post" action="/sign-out">
              <button className="btn btn-quiet btn-small" title={`${shell.signedInAs} ${session.name}`}>
                {shell.signOut}
              </button>
            </Form>
          </div>
        </div>
      </header>
      <OfflineNotice />
      <main id="content" tabIndex={-1} aria-busy={busy} className="mx-auto max-w-7xl px-4 py-6 outline-none">
        {children}
      </main>
      <footer className="mx-auto flex max-w-7xl flex-wrap items-center justify-between gap-3 px-4 pb-8 text-sm text-muted">
        <PreferencesForm theme={theme} />
        <noscript>{shell.withoutScript}</noscript>
        <span>
          {shell.signedInAs} {session.name}
        </span>
      </footer>
    </>
  );
}

function Pages(): ReactElement {
  const { shell } = useTexts();
  const pages = [
    ['/', shell.overview],
    ['/deployments', shell.deployments],
    ['/machines', shell.machines],
    ['/systems', shell.systems],
    ['/images', shell.images],
    ['/templates', shell.templates],
    ['/settings', shell.settings],
  ] as const;
  return (
    <>
      {pages.map(([to, label]) => (
        <NavLink key={to} to={to} end={to === '/'} className="nav-link">
          {label}
        </NavLink>
      ))}
    </>
  );
}

/** Says nothing until it is known: without JavaScript no page ever connects. */
function ConnectionState(): ReactElement | null {
  const { shell } = useTexts();
  const connection = useConnection();
  if (connection === 'connecting') return null;
  const live = connection === 'live';
  return (
    <span className={live ? 'status tone-green' : 'status tone-red'} data-connection={connection}>
      <Icon name={live ? 'tick' : 'warning'} />
      {live ? shell.live : shell.offline}
    </span>
  );
}

function OfflineNotice(): ReactElement | null {
  const { shell } = useTexts();
  if (useConnection() !== 'offline') return null;
  return (
    <div role="alert" className="tone-amber border-b border-line px-4 py-2 text-center text-sm">
      {shell.offlineNotice}{' '}
      <a href="" className="underline">
        {shell.reload}
      </a>
    </div>
  );
}
