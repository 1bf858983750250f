import { z } from 'zod';
import { STEP_STATUSES } from '../../domain/report.ts';
import { WholeNumber } from './common.ts';

/*
 * What machines and their agents say to the service. Installers are small: every request below may come as JSON, as a
 * form, or as query parameters with an empty body, whatever its content type says (busybox wget cannot set one).
 * Where a client asks for `text/plain`, the answer is the single word that matters.
 */

const Word = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'one word of letters, digits, dot, hyphen, underscore');
const Text = z.string().max(2_000);

/** `POST /d/<nonce>/exchange`: once. The same client key may repeat it (a lost answer); another one freezes the attempt. */
export const ExchangeRequest = z.strictObject({
  clientKey: z.string().regex(/^[A-Za-z0-9-]{8,64}$/),
  mac: z.string().max(64).exactOptional(),
  smbiosUuid: z.string().max(64).exactOptional(),
  serial: z.string().max(256).exactOptional(),
  firmware: z.enum(['efi', 'pcbios']).exactOptional(),
});
export type ExchangeRequest = z.infer<typeof ExchangeRequest>;

/** As `text/plain`: the token alone. */
export const ExchangeAnswer = z.object({ token: z.string(), deploymentId: z.uuid(), attempt: z.number().int() });
export type ExchangeAnswer = z.infer<typeof ExchangeAnswer>;

/** `POST /d/<token>/wipe-permit`, immediately before the disk is touched. The same permit key may repeat it. */
export const WipePermitRequest = z.strictObject({
  permitKey: z.string().regex(/^[A-Za-z0-9-]{8,64}$/),
  disk: z.string().max(256).exactOptional(),
});
export type WipePermitRequest = z.infer<typeof WipePermitRequest>;

/** As `text/plain`: `GRANT`. A refusal is 409, and as `text/plain` starts with `DENY`. */
export const WipePermitAnswer = z.object({ answer: z.literal('GRANT') });

/** `POST /d/<token>/events`. Its identity is the session and `seq`; a repeat is answered like the first and applied once. */
export const InstallerEvent = z.strictObject({
  seq: WholeNumber(1, 1_000_000),
  step: Word,
  status: z.enum(STEP_STATUSES).default('progress'),
  percent: z.exactOptional(WholeNumber(0, 100)),
  /** For `failed`: why, in one stable word. */
  reason: Word.exactOptional(),
  message: Text.exactOptional(),
});
export type InstallerEvent = z.infer<typeof InstallerEvent>;

/** 202. As `text/plain`: `OK`. */
export const EventAnswer = z.object({ accepted: z.literal(true), repeated: z.boolean() });

/** `POST /d/<token>/logs?name=setupact.log`: the body is text, at most 1 MiB a piece. */
export const LogQuery = z.strictObject({ name: Word.default('installer.log') });

/** 202. As `text/plain`: `OK`. */
export const LogAnswer = z.object({ accepted: z.literal(true) });

/** `POST /d/<token>/inventory`. */
export const InventoryRequest = z.strictObject({
  manufacturer: z.string().max(256).exactOptional(),
  model: z.string().max(256).exactOptional(),
  serial: z.string().max(256).exactOptional(),
  smbiosUuid: z.string().max(64).exactOptional(),
  memoryMiB: z.exactOptional(WholeNumber(0)),
  cpu: z.string().max(256).exactOptional(),
  disks: z.string().max(4_000).exactOptional(),
  nics: z.string().max(4_000).exactOptional(),
});
export type InventoryRequest = z.infer<typeof InventoryRequest>;

const Flag = z.union([z.boolean(), z.stringbool()]);

/** What the agent says about its system (`domain/evidence.ts`); the clock skew is computed on receipt from `now`. */
export const EvidenceWire = z.strictObject({
  agentVersion: z.string().max(32),
  bootId: z.string().max(64),
  hostName: z.string().max(255),
  macs: z.array(z.string().max(32)).max(64),
  smbiosUuid: z.string().max(64).default(''),
  serial: z.string().max(256).default(''),
  os: z.strictObject({
    family: z.string().max(32),
    name: z.string().max(128).default(''),
    version: z.string().max(64).default(''),
    edition: z.string().max(64).default(''),
  }),
  domain: z.strictObject({ name: z.string().max(255).default(''), trusted: Flag.default(false) }).prefault({}),
  remoteDesktop: Flag.default(false),
  leftovers: z.array(z.string().max(512)).max(64).default([]),
  /** The system's clock, seconds since 1970. */
  now: z.number().int().min(0),
});
export type EvidenceWire = z.infer<typeof EvidenceWire>;

/** `POST /agent/v1/enrol`: the one-time token for a device key. The same client key may repeat it. */
export const EnrolRequest = z.strictObject({
  token: z.string().min(16).max(256),
  clientKey: z.string().regex(/^[A-Za-z0-9-]{8,64}$/),
  hostName: z.string().max(255),
  macs: z.array(z.string().max(32)).min(1).max(64),
  agentVersion: z.string().max(32),
});
export type EnrolRequest = z.infer<typeof EnrolRequest>;

/** As `text/plain`: the device key alone. It goes into `Authorization: Bearer …` of every later request. */
export const EnrolAnswer = z.object({
  deviceKey: z.string(),
  systemId: z.uuid(),
  reportEverySeconds: z.number().int(),
});
export type EnrolAnswer = z.infer<typeof EnrolAnswer>;

/** `POST /agent/v1/report`. Identity: system, boot id and `seq`. */
export const AgentReport = z.strictObject({ seq: z.number().int().min(1), evidence: EvidenceWire });
export type AgentReport = z.infer<typeof AgentReport>;

/** As `text/plain`: the verdict alone. `failing` names the checks that keep the deployment from ending. */
export const ReportAnswer = z.object({
  verdict: z.enum(['verified', 'failing']),
  failing: z.array(z.string()),
  reportEverySeconds: z.number().int(),
});
export type ReportAnswer = z.infer<typeof ReportAnswer>;
