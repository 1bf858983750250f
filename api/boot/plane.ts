import type pg from 'pg';
import { nonceFor } from '../../credentials.ts';
import { readAttemptData } from '../../db/attempt-data.ts';
import { readBootFacts } from '../../db/boot.ts';
import type { BootFacts } from '../../db/boot.ts';
import { recordVisits } from '../../db/visits.ts';
import type { Visit } from '../../db/visits.ts';
import { decideBoot, startsFromDisk } from '../../domain/boot-decision.ts';
import type { BootDecision } from '../../domain/boot-decision.ts';
import { DomainError } from '../../domain/errors.ts';
import { parseMac } from '../../domain/identity.ts';
import type { Mac } from '../../domain/identity.ts';
import { guessPlatform } from '../../domain/platform.ts';
import { renderFirstStage, renderHold, renderInstall, renderLocalBoot } from '../../pxe/boot-script.ts';
import type { ApiDeps } from '../deps.ts';
import { bootContext, publicContext } from '../installer-context.ts';
import { createLastAnswers } from './last-answers.ts';
import { decodeLeniently, readFirmwareFacts } from './query.ts';
import { createVisitBatch } from './visit-batch.ts';

export interface BootRequest {
  /** As it stands in the address, `52-54-00-12-34-56`. */
  readonly mac: string;
  /** What follows the question mark, exactly as it was sent. */
  readonly query: string;
  readonly remoteAddress: string;
}

export interface BootResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What firmware is told. Plain functions of a request, so that any server can ask them. */
export interface BootPlane {
  /** `GET /boot.ipxe`: the same for every machine. */
  firstStage(): BootResponse;
  /** `GET /boot/<mac>`. Always a script, whatever is wrong: BIOS executes any other answer (D10). Never throws. */
  answer(request: BootRequest): Promise<BootResponse>;
  /** Writes the visits that wait, for a process that is about to end. */
  flushVisits(): Promise<void>;
}

/** A machine that is told to hold asks again after this time. */
const AGAIN_SECONDS = 10;
/** A database that takes longer than this is away as far as a waiting machine is concerned. */
const PATIENCE_MS = 4_000;

export function createBootPlane(deps: Pick<ApiDeps, 'pool' | 'keyring' | 'engine' | 'log' | 'publicUrl'>): BootPlane {
  const { pool, log, publicUrl: baseUrl } = deps;
  const visits = createVisitBatch({ record: (batch) => recordVisits(pool, batch), log });
  const last = createLastAnswers();

  const local = (because: string, facts: Partial<Pick<BootFacts, 'grubLocalboot' | 'family'>>): BootResponse =>
    script(
      renderLocalBoot({
        baseUrl,
        because,
        grubLocalboot: facts.grubLocalboot ?? undefined,
        loader: facts.family ?? undefined,
      }),
    );
  const hold = (mac: Mac, because: string): BootResponse =>
    script(renderHold({ baseUrl, mac, because, againSeconds: AGAIN_SECONDS }));

  /** From memory: `local` for a machine that needs nothing, `hold` for any other, never `install` (D4). */
  const answerWithoutStore = (mac: Mac): BootResponse => {
    const known = last.of(mac);
    return known?.safe === true
      ? local('The service is not well; as far as it remembers, this machine starts from its disk.', known)
      : hold(mac, 'The service is not well and cannot decide for this machine.');
  };

  const answerFromStore = async (mac: Mac, request: BootRequest): Promise<BootResponse> => {
    const facts = await readBootFacts(pool, mac);
    const { server, worker } = deps.engine.health();
    const decision = decideBoot({ ...facts.situation, engineUp: server && worker });
    last.remember(mac, decision.answer, facts);
    visits.add(visitOf(mac, request, facts, decision));
    const { answer, because } = decision;
    if (startsFromDisk(answer)) return local(because, facts);
    switch (answer) {
      case 'install':
        return script(await installScript(deps, mac, facts));
      case 'hold':
        return hold(mac, because);
    }
  };

  return {
    firstStage: () => script(renderFirstStage({ baseUrl })),
    flushVisits: () => visits.flush(),
    answer: async (request) => {
      const mac = readMac(request.mac);
      if (mac instanceof DomainError) return local(mac.message, { grubLocalboot: last.grubLocalboot() });
      try {
        return await within(PATIENCE_MS, answerFromStore(mac, request));
      } catch (error) {
        log.error({ err: error, mac }, 'a boot request was answered from memory');
        return answerWithoutStore(mac);
      }
    },
  };
}

function readMac(text: string): Mac | DomainError {
  try {
    return parseMac(decodeLeniently(text));
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

/** The one script with a credential in it, and that is worth one exchange. */
async function installScript(
  { pool, keyring, publicUrl }: { readonly pool: pg.Pool } & Pick<ApiDeps, 'keyring' | 'publicUrl'>,
  mac: Mac,
  { attempt }: BootFacts,
): Promise<string> {
  const data = attempt === null ? undefined : await readAttemptData(pool, attempt.id);
  if (attempt === null || data === undefined) throw new Error('the attempt to install went away meanwhile');
  const nonce = nonceFor(keyring, { attemptId: attempt.id, ordinal: attempt.exchanges + 1 });
  return renderInstall(bootContext(publicContext(publicUrl, data, mac), nonce));
}

function visitOf(mac: Mac, request: BootRequest, facts: BootFacts, { answer, rule }: BootDecision): Visit {
  const said = readFirmwareFacts(request.query);
  return {
    mac,
    at: new Date(),
    answer,
    rule,
    attemptId: facts.attempt?.id ?? null,
    address: request.remoteAddress,
    smbiosUuid: said.smbiosUuid,
    serial: said.serial,
    manufacturer: said.manufacturer,
    model: said.product,
    platform: guessPlatform(said),
  };
}

function script(body: string): BootResponse {
  return {
    status: 200,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' },
    body,
  };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer from the store within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
