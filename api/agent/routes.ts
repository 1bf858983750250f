import { Router } from 'express';
import type { Request } from 'express';
import { deviceKey } from '../../credentials.ts';
import { hearAgent } from '../../db/agents.ts';
import { enrolAgent } from '../../db/enrolment.ts';
import { DomainError } from '../../domain/errors.ts';
import { failing } from '../../domain/evidence.ts';
import { digest } from '../../keyring.ts';
import { AgentReport, EnrolRequest } from '../contract/machine.ts';
import type { ApiDeps } from '../deps.ts';
import { answer, machineProblemHandler } from '../machine-answer.ts';
import { parseFields, readFields } from '../machine-input.ts';
import { RequestError } from '../problem.ts';
import { evidenceOf } from './evidence.ts';

/** Soon while a deployment waits for the proof, seldom once it has it. */
const REPORT_EVERY_SECONDS = { failing: 30, verified: 300 } as const;

/** What the agent on an installed system calls: once to enrol, and again and again to report. */
export function agentRoutes({ pool, keyring, log }: Pick<ApiDeps, 'pool' | 'keyring' | 'log'>): Router {
  const router = Router();

  router.post('/agent/v1/enrol', async (req, res) => {
    const asked = parseFields(EnrolRequest, await readFields(req));
    const { token, clientKey, hostName, agentVersion, macs } = asked;
    const enrolled = await enrolAgent(pool, {
      tokenHash: digest(token),
      clientKey,
      hostName,
      agentVersion,
      macs,
      deviceKeyHash: (tokenId) => digest(deviceKey(keyring, tokenId, clientKey)),
    });
    if (enrolled === 'unknown') throw new DomainError('credential-rejected', 'Nobody knows this enrolment token.');
    if (enrolled === 'stale') throw new DomainError('stale-attempt', 'The deployment of this token is over.');
    if (enrolled === 'replayed')
      throw new DomainError('credential-replayed', 'Another agent has used this enrolment token.');
    const key = deviceKey(keyring, enrolled.enrolmentTokenId, clientKey);
    const json = { deviceKey: key, systemId: enrolled.systemId, reportEverySeconds: REPORT_EVERY_SECONDS.failing };
    answer(req, res, { json, word: key });
  });

  router.post('/agent/v1/report', async (req, res) => {
    const key = bearerOf(req);
    const { seq, evidence } = parseFields(AgentReport, await readFields(req));
    const checks = await hearAgent(pool, {
      deviceKeyHash: digest(key),
      seq,
      evidence: evidenceOf(evidence, Date.now() / 1_000),
    });
    if (checks === undefined) throw new DomainError('credential-rejected', 'Nobody knows this device key (any more).');
    const missing = [...failing(checks)];
    const verdict = missing.length === 0 ? 'verified' : 'failing';
    const json = { verdict, failing: missing, reportEverySeconds: REPORT_EVERY_SECONDS[verdict] };
    answer(req, res, { json, word: verdict });
  });

  router.all('/agent/*rest', (req) => {
    if (req.method !== 'GET' && req.method !== 'POST') throw new RequestError(405, 'Only POST is understood here.');
    throw new DomainError('not-found', 'There is nothing at this address.');
  });
  router.use('/agent', machineProblemHandler(log));
  return router;
}

function bearerOf(req: Request): string {
  const [, key] = /^Bearer +([A-Za-z0-9_-]{1,256})$/i.exec(req.headers.authorization ?? '') ?? [];
  if (key === undefined)
    throw new DomainError('credential-rejected', 'Send the device key as “Authorization: Bearer …”.');
  return key;
}
