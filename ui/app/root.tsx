import './app.css';
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Links, Meta, Outlet, Scripts, ScrollRestoration, useRevalidator, useRouteLoaderData } from '@remix-run/react';
import { useEffect } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { ReaderProvider } from './kit/context.tsx';
import { useNonce } from './nonce.ts';
import { FailurePage } from './parts/failure.tsx';
import { preferencesOf } from './server/preferences.server.ts';
import type { Preferences } from './server/preferences.server.ts';

export function loader({ request }: LoaderFunctionArgs): Preferences & { readonly writtenAt: number } {
  return { ...preferencesOf(request), writtenAt: Date.now() };
}

export const meta: MetaFunction = () => [{ title: 'Octofleet' }];

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 26 26'%3E%3Crect width='26' height='26' rx='5' fill='%2318202c'/%3E%3Crect x='4' y='5' width='18' height='4' rx='1' fill='%238b95a5'/%3E%3Crect x='4' y='11' width='18' height='4' rx='1' fill='%23f5b53d'/%3E%3Crect x='4' y='17' width='18' height='4' rx='1' fill='%238b95a5'/%3E%3C/svg%3E";

/** The document around every page, also around one that failed. */
export function Layout({ children }: { readonly children: ReactNode }): ReactElement {
  const nonce = useNonce();
  const preferences = useRouteLoaderData<typeof loader>('root');
  const { language, theme, zone, writtenAt } = preferences ?? {
    language: 'en' as const,
    theme: 'system' as const,
    zone: 'UTC',
    writtenAt: 0,
  };
  return (
    <html lang={language} data-theme={theme}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={theme === 'system' ? 'light dark' : theme} />
        <link rel="icon" href={ICON} />
        <Meta />
        <Links />
      </head>
      <body>
        <ReaderProvider reader={{ language, zone, writtenAt }}>{children}</ReaderProvider>
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  );
}

export default function App(): ReactElement {
  useZoneCookie();
  return <Outlet />;
}

export function ErrorBoundary(): ReactElement {
  return (
    <main className="mx-auto max-w-3xl px-4 py-16">
      <FailurePage />
    </main>
  );
}

/** Tells the server the browser's time zone once, so that both write the same times. */
function useZoneCookie(): void {
  const zone = useRouteLoaderData<typeof loader>('root')?.zone;
  const { revalidate } = useRevalidator();
  useEffect(() => {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (own === zone || document.cookie.includes(`octofleet-zone=${encodeURIComponent(own)}`)) return;
    document.cookie = `octofleet-zone=${encodeURIComponent(own)}; Path=/; Max-Age=31536000; SameSite=Lax`;
    revalidate();
  }, [zone, revalidate]);
}
