import type { Config } from '../../config.ts';

/** What a person sees when everything is up: where things are, and how to get in. */
export function welcome({
  config,
  temporalUiUrl,
  signInLink,
}: {
  readonly config: Config;
  readonly temporalUiUrl: string | undefined;
  readonly signInLink: string | null;
}): string {
  const rows: readonly (readonly [string, string])[] = [
    ['Open', config.publicUrl],
    ...(signInLink === null ? [] : [['Sign in once with', signInLink] as const]),
    ...(temporalUiUrl === undefined ? [] : [['Temporal Web', temporalUiUrl] as const]),
    ['Machines boot from', `${config.publicUrl}/boot.ipxe`],
    ['API description', `${config.publicUrl}/openapi.json`],
    ['Data', config.dataDir],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  return ['', 'Octofleet is running.', '', ...lines, '', 'Ctrl-C stops it, and everything it started.', ''].join('\n');
}
