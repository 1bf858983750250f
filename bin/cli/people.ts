import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { ParseArgsConfig } from 'node:util';
import type pg from 'pg';
import { CreatedToken, SetPassword } from '../../api/contract/access.ts';
import { Passwords } from '../../api/auth/passwords.ts';
import { FIRST_USER, mintSignInLink } from '../../api/auth/sign-in-link.ts';
import type { Config } from '../../config.ts';
import { createPool, inTransaction } from '../../db/pool.ts';
import { closeSessionsOf } from '../../db/sessions.ts';
import { findUser, setPasswordHash } from '../../db/users.ts';
import { StartFailure } from '../service/sentence.ts';
import type { Service } from './service.ts';

export const TOKEN_OPTIONS = { days: { type: 'string', default: '365' } } as const satisfies ParseArgsConfig['options'];

export async function createToken(service: Service, name: string | undefined, days: string): Promise<void> {
  if (name === undefined) throw new StartFailure('say for what: tokens create NAME');
  const created = CreatedToken.parse(
    await service.call('POST', '/tokens', { name, days: Number(days) === 0 ? null : Number(days) }),
  );
  console.log(created.token);
  console.error(`This is shown once. It is good until ${created.expiresAt ?? 'it is revoked'}.`);
}

/** Straight from the database: whoever may read that needs no other proof, and the lost password is why we are here. */
export async function printSignInLink(config: Config): Promise<void> {
  await withDatabase(config, async (pool) => {
    console.log(await mintSignInLink({ pool, publicUrl: config.publicUrl }));
  });
}

export async function setPassword(config: Config, name: string = FIRST_USER): Promise<void> {
  await withDatabase(config, async (pool) => {
    if ((await findUser(pool, name)) === undefined) throw new StartFailure(`there is no user “${name}”`);
    const parsed = SetPassword.safeParse({ password: await askPassword() });
    if (!parsed.success)
      throw new StartFailure(`this password cannot be used: ${parsed.error.issues[0]?.message ?? ''}`);
    const hash = await new Passwords().hash(parsed.data.password);
    await inTransaction(pool, async (tx) => {
      await setPasswordHash(tx, name, hash);
      await closeSessionsOf(tx, name);
    });
    console.log(`“${name}” has a new password, and is signed out everywhere.`);
  });
}

async function withDatabase(config: Config, work: (pool: pg.Pool) => Promise<void>): Promise<void> {
  const connectionString = config.databaseUrl ?? (await ownDatabase(config));
  const pool = createPool({ connectionString, max: 1, onIdleError: () => undefined });
  try {
    await work(pool);
  } finally {
    await pool.end();
  }
}

async function ownDatabase({ dataDir }: Config): Promise<string> {
  const file = path.join(dataDir, 'postgres', 'url');
  return (
    await readFile(file, 'utf8').catch((error: unknown) => {
      throw new StartFailure(`no service runs on ${dataDir}; start it with "npm start", then try again`, {
        cause: error,
      });
    })
  ).trim();
}

/** One line of standard input; at a terminal it is not shown. */
async function askPassword(): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write('New password: ');
  // At a terminal the library takes over the echo, and without an output it has nowhere to put it.
  const lines = createInterface({ input: stdin, terminal: stdin.isTTY });
  try {
    return await lines.question('');
  } finally {
    lines.close();
    stderr.write('\n');
  }
}
