import { Router } from 'express';
import type { Request } from 'express';
import { readNonce, readSessionToken, sessionToken } from '../../credentials.ts';
import { exchangeNonce } from '../../db/exchange.ts';
import { askWipePermit, hearInstaller, keepInventory, keepLog } from '../../db/installer.ts';
import { DomainError } from '../../domain/errors.ts';
import { parseMac, parseSmbiosUuid } from '../../domain/identity.ts';
import { ExchangeRequest, InstallerEvent, InventoryRequest, LogQuery, WipePermitRequest } from '../contract/machine.ts';
import type { ApiDeps } from '../deps.ts';
import { answer, machineProblemHandler } from '../machine-answer.ts';
import { fieldsOfQuery, parseFields, readFields, readText } from '../machine-input.ts';
import { RequestError } from '../problem.ts';
import { renderInstallerFile } from './files.ts';
import { maskerFor } from './masker.ts';
import { reportOf } from './report.ts';

type InstallerDeps = Pick<ApiDeps, 'pool' | 'keyring' | 'log' | 'publicUrl'>;

const LOG_BODY = { bytes: 1024 * 1024, withinMs: 60_000 };

/** What an installer says and asks under `/d/<credential>/`: the nonce of its boot script first, then its attempt token. */
export function installerRoutes(deps: InstallerDeps): Router {
  const { pool, keyring, log } = deps;
  const router = Router();

  router.post('/d/:credential/exchange', async (req, res) => {
    const nonce = readNonce(keyring, credentialOf(req));
    if (nonce === undefined) throw rejected();
    const asked = parseFields(ExchangeRequest, await readFields(req));
    const { clientKey, ...body } = asked;
    if (asked.mac !== undefined) parseMac(asked.mac);
    if (asked.smbiosUuid !== undefined) parseSmbiosUuid(asked.smbiosUuid);
    const session = await exchangeNonce(pool, { ...nonce, clientKey, body });
    if (session === 'stale') throw stale();
    if (session === 'replay')
      throw new DomainError(
        'credential-replayed',
        'Somebody else has used this boot script; an operator has to decide.',
      );
    const token = sessionToken(keyring, session.sessionId);
    answer(req, res, { json: { token, deploymentId: session.deploymentId, attempt: session.attempt }, word: token });
  });

  router.post('/d/:credential/wipe-permit', async (req, res) => {
    const sessionId = sessionOf(deps, req);
    const { permitKey, disk = '' } = parseFields(WipePermitRequest, await readFields(req));
    const verdict = await askWipePermit(pool, sessionId, { permitKey, disk });
    if (verdict === 'stale') throw stale();
    if (verdict === 'refused')
      throw new DomainError('wipe-not-permitted', 'The disk may not be erased (again) in this attempt.');
    answer(req, res, { json: { answer: 'GRANT' }, word: 'GRANT' });
  });

  router.post('/d/:credential/events', async (req, res) => {
    const sessionId = sessionOf(deps, req);
    const event = parseFields(InstallerEvent, await readFields(req));
    const heard = await hearInstaller(pool, sessionId, reportOf(await masked(deps, sessionId, event)));
    if (heard === 'stale') throw stale();
    answer(req, res, { status: 202, json: { accepted: true, repeated: heard === 'repeated' }, word: 'OK' });
  });

  router.post('/d/:credential/logs', async (req, res) => {
    const sessionId = sessionOf(deps, req);
    const { name } = LogQuery.parse(fieldsOfQuery(req));
    const text = await readText(req, LOG_BODY);
    const mask = await maskerFor(deps, sessionId);
    const kept = await keepLog(pool, sessionId, { name, body: mask(text) });
    if (kept === 'stale') throw stale();
    if (kept === 'full') throw new DomainError('too-large', 'This attempt has sent as much log as is kept.');
    answer(req, res, { status: 202, json: { accepted: true }, word: 'OK' });
  });

  router.post('/d/:credential/inventory', async (req, res) => {
    const sessionId = sessionOf(deps, req);
    const body = parseFields(InventoryRequest, await readFields(req));
    const { manufacturer = '', model = '', serial = '', smbiosUuid = '' } = body;
    const heard = await keepInventory(pool, sessionId, {
      body,
      manufacturer,
      model,
      serial,
      smbiosUuid: smbiosUuid === '' ? null : (parseSmbiosUuid(smbiosUuid) ?? null),
    });
    if (heard === 'stale') throw stale();
    answer(req, res, { status: 202, json: { accepted: true, repeated: heard === 'repeated' }, word: 'OK' });
  });

  router.get(['/d/:credential/:name', '/d/:credential/nocloud/:name'], async (req, res) => {
    const { contentType, body } = await renderInstallerFile(deps, credentialOf(req), String(req.params['name']));
    res.set({ 'Content-Type': contentType, 'Cache-Control': 'no-store' }).send(body);
  });

  router.all('/d/*rest', (req) => {
    if (req.method === 'GET' || req.method === 'HEAD' || req.method === 'POST')
      throw new DomainError('not-found', 'There is nothing at this address.');
    throw new RequestError(405, 'Only GET and POST are understood here.');
  });
  router.use(
    '/d',
    machineProblemHandler(log, (req) => (req.path.endsWith('/wipe-permit') ? 'DENY' : 'ERROR')),
  );
  return router;
}

/** Most events are bare numbers and cost no look into the vault. */
async function masked(deps: InstallerDeps, sessionId: string, event: InstallerEvent): Promise<InstallerEvent> {
  if (event.message === undefined) return event;
  const mask = await maskerFor(deps, sessionId);
  return { ...event, message: mask(event.message) };
}

function credentialOf(req: Request): string {
  return String(req.params['credential']);
}

function sessionOf({ keyring }: Pick<ApiDeps, 'keyring'>, req: Request): string {
  const sessionId = readSessionToken(keyring, credentialOf(req));
  if (sessionId === undefined) throw rejected();
  return sessionId;
}

function rejected(): DomainError {
  return new DomainError('credential-rejected', 'This address was not made by this service.');
}

function stale(): DomainError {
  return new DomainError('stale-attempt', 'This attempt is over; start from the network again.');
}
