import { vitePlugin as remix } from '@remix-run/dev';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

declare module '@remix-run/node' {
  interface Future {
    v3_singleFetch: true;
  }
}

/** Run from the project's root: `remix vite:build -c ui/vite.config.ts` (Remix reads the root's package.json). */
export default defineConfig({
  plugins: [
    tailwindcss(),
    remix({
      appDirectory: 'ui/app',
      buildDirectory: 'ui/build',
      future: {
        v3_fetcherPersist: true,
        v3_relativeSplatPath: true,
        v3_throwAbortReason: true,
        v3_singleFetch: true,
        v3_routeConfig: true,
        // Off on purpose: its manifest endpoint lets one unauthenticated request hold the event loop for seconds.
        v3_lazyRouteDiscovery: false,
      },
    }),
  ],
  build: {
    // `/assets` belongs to the boot plane.
    assetsDir: 'ui',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 300,
  },
});
