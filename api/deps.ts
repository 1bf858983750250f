import type { Readable } from 'node:stream';
import type pg from 'pg';
import type { Engine } from '../temporal/engine.ts';
import type { Keyring } from '../keyring.ts';
import type { Log } from './log.ts';

/** Content-addressed files on disk, `<data>/assets/ab/abcdef…`. */
export interface AssetStore {
  /** Where the file lies, or undefined when this store has no such content. */
  find(sha256: string): Promise<{ readonly path: string; readonly size: number } | undefined>;
  /**
   * Streams a file in. It becomes visible only when it is whole. Refuses with `disk-full` before the disk is, and with
   * `invalid-settings` when the digest is not the expected one.
   */
  put(
    content: Readable,
    options?: { readonly expectedSha256?: string | undefined },
  ): Promise<{ readonly sha256: string; readonly size: number }>;
  remove(sha256: string): Promise<void>;
}

/** What the routes are handed. A router takes from it what it needs. */
export interface ApiDeps {
  readonly pool: pg.Pool;
  readonly keyring: Keyring;
  readonly engine: Engine;
  readonly assets: AssetStore;
  readonly log: Log;
  /** What machines and browsers use, without a slash at the end. */
  readonly publicUrl: string;
  /** Accepted as an administrator's token besides those in the database (`OCTOFLEET_API_TOKEN`). */
  readonly apiToken: string | readonly string[] | undefined;
  /** Temporal's web interface, for links; null when nobody told us where it is. */
  readonly temporalUi: { readonly url: string; readonly namespace: string } | null;
  /** Open deployments that did not match their workflow when the reconciler last looked (D2). */
  readonly drift: () => number;
}
