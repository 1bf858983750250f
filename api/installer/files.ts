import { readNonce, readSessionToken } from '../../credentials.ts';
import type { NonceSubject } from '../../credentials.ts';
import { readAttemptData } from '../../db/attempt-data.ts';
import type { AttemptData } from '../../db/attempt-data.ts';
import { readAttempt } from '../../db/attempt-lock.ts';
import { readSessionAttempt } from '../../db/installer.ts';
import { mayInstall } from '../../domain/attempt.ts';
import { DomainError } from '../../domain/errors.ts';
import { INSTALLER_FILES } from '../../pxe/installer-files.ts';
import type { InstallerContext, InstallerFile } from '../../pxe/installer-file.ts';
import { bootContext, installContext, publicContext } from '../installer-context.ts';
import type { ApiDeps } from '../deps.ts';

type FileDeps = Pick<ApiDeps, 'pool' | 'keyring' | 'publicUrl'>;

/**
 * One file for one machine, rendered for this request and kept nowhere. The nonce of a boot script opens the files
 * without secrets while the script counts; the attempt token opens all of them until the system is on the disk.
 */
export async function renderInstallerFile(
  deps: FileDeps,
  credential: string,
  name: string,
): Promise<{ readonly contentType: string; readonly body: string }> {
  const { data, stage, contextOf } = await admit(deps, credential);
  const file = INSTALLER_FILES[data.image.family].find((candidate) => candidate.name === name);
  if (file === undefined) throw new DomainError('not-found', 'This installation has no such file.');
  if (file.stage === 'install' && stage === 'boot')
    throw new DomainError('not-permitted', 'This file needs the attempt token; exchange the nonce first.');
  return { contentType: file.contentType, body: file.render(await contextOf()) };
}

interface Admission {
  readonly stage: InstallerFile['stage'];
  readonly data: AttemptData;
  /** Opens secrets where the stage has a right to them, so only for a file that is really sent. */
  readonly contextOf: () => Promise<InstallerContext>;
}

async function admit(deps: FileDeps, credential: string): Promise<Admission> {
  const sessionId = readSessionToken(deps.keyring, credential);
  if (sessionId !== undefined) return admitSession(deps, credential, sessionId);
  const nonce = readNonce(deps.keyring, credential);
  if (nonce !== undefined) return admitNonce(deps, credential, nonce);
  throw new DomainError('credential-rejected', 'This address was not made by this service.');
}

async function admitNonce(
  { pool, publicUrl }: FileDeps,
  credential: string,
  { attemptId, ordinal }: NonceSubject,
): Promise<Admission> {
  const attempt = await readAttempt(pool, attemptId);
  const counts = attempt !== undefined && ordinal === attempt.exchanges + 1 && mayInstall(attempt.situation);
  const data = counts ? await readAttemptData(pool, attempt.id) : undefined;
  if (data === undefined) throw stale();
  return {
    stage: 'boot',
    data,
    contextOf: () => Promise.resolve(bootContext(publicContext(publicUrl, data), credential)),
  };
}

async function admitSession(
  { pool, keyring, publicUrl }: FileDeps,
  token: string,
  sessionId: string,
): Promise<Admission> {
  const attempt = await readSessionAttempt(pool, sessionId);
  const open = attempt !== undefined && attempt.situation.deployment?.installed === false;
  const data = open ? await readAttemptData(pool, attempt.id) : undefined;
  if (data === undefined) throw stale();
  return {
    stage: 'install',
    data,
    contextOf: () =>
      installContext(pool, keyring, publicContext(publicUrl, data), { attemptId: data.attemptId, token }),
  };
}

function stale(): DomainError {
  return new DomainError('stale-attempt', 'This attempt is over, or its files are not needed any more.');
}
