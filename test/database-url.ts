/** Migrated once per run; each test file gets a clone. Its name carries the process, so that two runs may share a server. */
export const TEMPLATE_DATABASE = `octofleet_template_${process.env['VITEST_RUN'] ?? 'run'}`;

/** The same server, another database. Works for TCP and for `?host=/socket/folder` alike. */
export function onDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
