import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';

const A_PORT = 'a port number from 1 to 65535';
const Port = z.coerce.number(A_PORT).int(A_PORT).min(1, A_PORT).max(65_535, A_PORT);

const WEB_ADDRESS = 'an address such as https://octofleet.example.com';

/**
 * Every variable the service reads, with its meaning. `.env.example` is this table again (a test compares them).
 * Temporal's own variables beyond the address (TLS, API key, …) are read by `@temporalio/envconfig`.
 */
export const ENVIRONMENT = z.object({
  OCTOFLEET_PORT: Port.default(8080),
  OCTOFLEET_HOST: z.string().min(1).default('127.0.0.1'),
  OCTOFLEET_PUBLIC_URL: z.url({ protocol: /^https?$/, error: WEB_ADDRESS }).optional(),
  OCTOFLEET_DATA_DIR: z.string().min(1).optional(),
  OCTOFLEET_DEMO: z.stringbool('1 or 0').default(true),
  OCTOFLEET_API_TOKEN: z.string().min(16, 'at least 16 characters').optional(),
  OCTOFLEET_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  OCTOFLEET_MASTER_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits (openssl rand -hex 32)')
    .optional(),
  OCTOFLEET_TEMPORAL_UI_PORT: Port.default(8233),
  OCTOFLEET_TEMPORAL_UI_URL: z.url({ protocol: /^https?$/, error: WEB_ADDRESS }).optional(),
  OCTOFLEET_ROLE: z.enum(['all', 'api', 'worker']).default('all'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'an address such as postgres://user:password@host/name' })
    .optional(),
  TEMPORAL_ADDRESS: z.string().min(1).optional(),
  TEMPORAL_NAMESPACE: z.string().min(1).default('octofleet'),
  TEMPORAL_CLI_PATH: z.string().min(1).optional(),
});

export interface Config {
  /** `all`: everything in one process (the one-command start). `api` and `worker` are for production. */
  readonly role: 'all' | 'api' | 'worker';
  readonly port: number;
  readonly host: string;
  /** The address machines and browsers use, without a slash at the end. */
  readonly publicUrl: string;
  /** Where programs on this machine reach the service: the pages, the command line, the demo. */
  readonly localUrl: string;
  readonly dataDir: string;
  /** Where downloaded and built tools are kept between versions and instances. */
  readonly cacheDir: string;
  readonly demo: boolean;
  readonly apiToken: string | undefined;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly masterKey: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly temporal: {
    readonly address: string | undefined;
    readonly namespace: string;
    readonly cliPath: string | undefined;
    readonly uiPort: number;
    /** Where people find Temporal's web interface, when it is not the embedded one. */
    readonly uiUrl: string | undefined;
  };
}

/** A configuration that cannot be used. The message names every wrong variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Called once, by a main, with `process.env` (and `.env` merged into it). Everything else is handed the values it needs. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = ENVIRONMENT.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`The configuration cannot be used:\n  ${lines.join('\n  ')}`);
  }
  const { data } = parsed;
  refuseHalfConfigured(data);
  const home = homedir();
  const localUrl = `http://${urlHost(data.OCTOFLEET_HOST)}:${data.OCTOFLEET_PORT}`;
  return {
    role: data.OCTOFLEET_ROLE,
    port: data.OCTOFLEET_PORT,
    host: data.OCTOFLEET_HOST,
    publicUrl: (data.OCTOFLEET_PUBLIC_URL ?? localUrl).replace(/\/+$/, ''),
    localUrl,
    dataDir: path.resolve(
      data.OCTOFLEET_DATA_DIR ?? path.join(given['XDG_DATA_HOME'] ?? path.join(home, '.local', 'share'), 'octofleet'),
    ),
    cacheDir: path.join(given['XDG_CACHE_HOME'] ?? path.join(home, '.cache'), 'octofleet'),
    demo: data.OCTOFLEET_DEMO,
    apiToken: data.OCTOFLEET_API_TOKEN,
    logLevel: data.OCTOFLEET_LOG_LEVEL,
    masterKey: data.OCTOFLEET_MASTER_KEY,
    databaseUrl: data.DATABASE_URL,
    temporal: {
      address: data.TEMPORAL_ADDRESS,
      namespace: data.TEMPORAL_NAMESPACE,
      cliPath: data.TEMPORAL_CLI_PATH,
      uiPort: data.OCTOFLEET_TEMPORAL_UI_PORT,
      uiUrl: data.OCTOFLEET_TEMPORAL_UI_URL,
    },
  };
}

/** Only the one-command start brings its own database and engine; a process beside others must share theirs. */
function refuseHalfConfigured(data: z.infer<typeof ENVIRONMENT>): void {
  if (data.OCTOFLEET_ROLE === 'all') return;
  const missing = (['DATABASE_URL', 'TEMPORAL_ADDRESS', 'OCTOFLEET_MASTER_KEY'] as const).filter(
    (name) => data[name] === undefined,
  );
  if (missing.length === 0) return;
  throw new ConfigError(
    `The configuration cannot be used:\n  ${missing.map((name) => `${name}: needed when OCTOFLEET_ROLE is ${data.OCTOFLEET_ROLE}`).join('\n  ')}`,
  );
}

/** A host as it stands in a URL: wildcard addresses become loopback, IPv6 gets its brackets. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
