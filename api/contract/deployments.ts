import { z } from 'zod';
import { BOOT_ANSWERS } from '../../domain/boot-decision.ts';
import { CHECK_NAMES } from '../../domain/evidence.ts';
import { HOLD_REASONS } from '../../domain/hold.ts';
import { FAMILIES } from '../../domain/image.ts';
import { DEPLOYMENT_STATUSES, PHASE_NAMES } from '../../domain/phases.ts';
import { PLATFORMS } from '../../domain/platform.ts';
import { STEP_STATUSES } from '../../domain/report.ts';
import { Id, Instant, Line, PRINTABLE, PageQuery, WholeNumber, pageOf } from './common.ts';

const Seconds = z
  .number()
  .int()
  .min(1)
  .max(31 * 24 * 3600);

/** Changed limits, by phase. Seconds. */
export const PhaseLimits = z.partialRecord(
  z.enum(PHASE_NAMES),
  z.strictObject({ deadlineSeconds: Seconds.exactOptional(), leaseSeconds: Seconds.nullable().exactOptional() }),
);

export const DomainJoin = z.strictObject({
  name: Line(255).regex(/^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/, 'the DNS name of the domain, such as corp.example.com'),
  ou: Line(1_024).nullable().default(null),
  account: Line(255).min(1),
});

/** What a template may preset. A locale, keyboard or time zone must be one that both the table and the family know. */
export const TemplateSettings = z.strictObject({
  platform: z.enum(PLATFORMS).exactOptional(),
  locale: Line(35).exactOptional(),
  keyboard: Line(35).exactOptional(),
  timeZone: Line(64).exactOptional(),
  remoteDesktop: z.boolean().exactOptional(),
  domain: DomainJoin.nullable().exactOptional(),
  diskSerial: Line(64).nullable().exactOptional(),
  preauthorisedRetries: z.number().int().min(0).max(3).exactOptional(),
  limits: PhaseLimits.exactOptional(),
});

/** Every character counts, so nothing is trimmed; what no keyboard types would break the files that carry it. */
const Password = z.string().regex(PRINTABLE, 'no control characters');

/** A deployment's own secrets. Write only: no answer ever holds them. */
export const Secrets = z.strictObject({
  administratorPassword: Password.min(8).max(127).exactOptional(),
  domainPassword: Password.min(1).max(255).exactOptional(),
});

/**
 * `POST /api/v1/deployments`. The machine is named by MAC (registered on the way if it is new) or by id; the image by
 * id, or through the template. `settings` win over the template's, which win over the defaults.
 */
export const CreateDeployment = z
  .strictObject({
    mac: Line(64).exactOptional(),
    machineId: Id.exactOptional(),
    imageId: Id.exactOptional(),
    templateId: Id.exactOptional(),
    /** Default: made from the MAC. */
    hostName: Line(63).exactOptional(),
    settings: TemplateSettings.prefault({}),
    secrets: Secrets.prefault({}),
  })
  .refine((body) => (body.mac === undefined) !== (body.machineId === undefined), {
    path: ['mac'],
    message: 'Name the machine by either mac or machineId.',
  })
  .refine((body) => body.imageId !== undefined || body.templateId !== undefined, {
    path: ['imageId'],
    message: 'Choose an image, or a template that has one.',
  });
export type CreateDeployment = z.infer<typeof CreateDeployment>;

const HoldView = z.object({
  reason: z.enum(HOLD_REASONS),
  message: z.string(),
  hints: z.array(z.string()),
});

/** One row of the list. `percent` is of the whole deployment and never falls inside an attempt. */
export const DeploymentRow = z.object({
  id: Id,
  status: z.enum(DEPLOYMENT_STATUSES),
  phase: z.enum(PHASE_NAMES),
  step: z.string(),
  percent: z.number().int(),
  attempt: z.number().int(),
  hostName: z.string(),
  mac: z.string(),
  machineId: Id,
  imageId: Id,
  imageName: z.string(),
  family: z.enum(FAMILIES),
  holdReason: z.enum(HOLD_REASONS).nullable(),
  deadlineAt: Instant.nullable(),
  phaseSince: Instant,
  lastSeenAt: Instant.nullable(),
  createdAt: Instant,
  endedAt: Instant.nullable(),
  createdBy: z.string(),
  demo: z.boolean(),
  /** Rises with every change of the row; a page applies a patch only when it is newer. */
  version: z.number().int(),
});
export type DeploymentRow = z.infer<typeof DeploymentRow>;

const PhaseView = z.object({
  name: z.enum(PHASE_NAMES),
  state: z.enum(['done', 'current', 'ahead', 'stopped']),
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  deadlineSeconds: z.number().int(),
});

/** What one may do now; decided by the service, so that pages and programs need no copy of the rules. */
const ActionsView = z.object({
  retry: z.boolean(),
  retryFrom: z.array(z.enum(PHASE_NAMES)),
  extend: z.boolean(),
  cancel: z.boolean(),
  fail: z.boolean(),
  delete: z.boolean(),
});

const CheckView = z.object({
  name: z.enum(CHECK_NAMES),
  verdict: z.enum(['pass', 'fail', 'warn', 'skip']),
  expected: z.string(),
  found: z.string(),
});

/** The whole page of one deployment. */
export const DeploymentView = DeploymentRow.extend({
  hold: HoldView.nullable(),
  phases: z.array(PhaseView),
  checks: z.array(CheckView),
  settings: z.record(z.string(), z.unknown()),
  actions: ActionsView,
  templateId: Id.nullable(),
  systemId: Id.nullable(),
  /** The same run in Temporal's own web interface, where the service knows its address. */
  temporalUrl: z.string().nullable(),
});
export type DeploymentView = z.infer<typeof DeploymentView>;

const Sort = z.enum(['createdAt', '-createdAt', 'hostName', '-hostName', 'phaseSince', '-phaseSince']);

/** `status` may list several, separated by commas; `q` looks in host name, MAC and image name. */
export const DeploymentQuery = PageQuery.extend({
  status: z
    .string()
    .max(100)
    .transform((text) => text.split(',').filter((word) => word !== ''))
    .pipe(z.array(z.enum(DEPLOYMENT_STATUSES)))
    .exactOptional(),
  q: Line(100).exactOptional(),
  machineId: Id.exactOptional(),
  sort: Sort.default('-createdAt'),
}).strict();
export type DeploymentQuery = z.infer<typeof DeploymentQuery>;
export const DeploymentPage = pageOf(DeploymentRow);

/** One line of activity: an event or a piece of log. `id` rises; log pieces and events have one order by time. */
export const Activity = z.object({
  id: z.string(),
  at: Instant,
  kind: z.string(),
  source: z.enum(['machine', 'agent', 'operator', 'service']),
  actor: z.string(),
  level: z.enum(['info', 'warning', 'error']),
  attempt: z.number().int().nullable(),
  phase: z.string().nullable(),
  step: z.string(),
  /** How far the step of an installer is; null for a line that is about no step. */
  stepStatus: z.enum(STEP_STATUSES).nullable(),
  message: z.string(),
});
export type Activity = z.infer<typeof Activity>;
export const ActivityQuery = PageQuery.extend({
  show: z.enum(['all', 'events', 'log', 'problems']).default('all'),
  /** Oldest first starts at the beginning; newest first is what a page shows. */
  order: z.enum(['oldest', 'newest']).default('newest'),
}).strict();
export const ActivityPage = pageOf(Activity);

export const RetryRequest = z.strictObject({ from: z.enum(PHASE_NAMES).nullable().default(null) });
export const ExtendRequest = z.strictObject({
  minutes: WholeNumber(1, 7 * 24 * 60),
});
export const FailRequest = z.strictObject({ reason: Line(500).min(1) });

/** What the machine of a deployment (or of a request not yet made) gets: every file, secrets masked. */
export const PreviewFile = z.object({ name: z.string(), contentType: z.string(), body: z.string() });
export const Preview = z.object({ files: z.array(PreviewFile) });
export type Preview = z.infer<typeof Preview>;

/** `GET /api/v1/boot/explain?mac=`: the decision for a machine and every rule's verdict. */
export const ExplainQuery = z.strictObject({ mac: Line(64) });
export const Explanation = z.object({
  mac: z.string(),
  answer: z.enum(BOOT_ANSWERS),
  rule: z.string(),
  because: z.string(),
  rules: z.array(
    z.object({
      rule: z.string(),
      answer: z.enum(BOOT_ANSWERS),
      because: z.string(),
      applies: z.boolean(),
      decides: z.boolean(),
    }),
  ),
});
