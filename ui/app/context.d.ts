import '@remix-run/node';

declare module '@remix-run/node' {
  /** What `ui/server.ts` hands to loaders, actions and the renderer. */
  interface AppLoadContext {
    /** Where the service answers from inside, without a slash at the end. */
    readonly apiUrl: string;
    /** What people type, without a slash at the end. */
    readonly publicUrl: string;
    readonly cspNonce: string;
    /** The browser's address, passed on so that sign-in is throttled per browser. */
    readonly clientAddress: string;
    readonly reportError: (error: unknown) => void;
  }
  interface Future {
    v3_singleFetch: true;
  }
}
