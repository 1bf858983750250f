import { z } from 'zod';
import { BOOT_ANSWERS } from '../../domain/boot-decision.ts';
import { parseDistinguishedName } from '../../domain/distinguished-name.ts';
import { ASSET_ROLES, FAMILIES, IMAGE_KINDS, WINDOWS_EDITIONS } from '../../domain/image.ts';
import { localeFacts } from '../../domain/locale.ts';
import { PLATFORMS } from '../../domain/platform.ts';
import { windowsTimeZone } from '../../domain/time-zone.ts';
import { Id, Instant, Line, Name, PageQuery, pageOf } from './common.ts';
import { TemplateSettings } from './deployments.ts';

/** `?demo=true` marks a record as part of the demo: it goes with it, and never mixes with the real ones. */
const DemoMark = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

/** The query of `POST /api/v1/machines` and `POST /api/v1/images`. */
export const CreateQuery = z.strictObject({ demo: DemoMark });

/** `POST /api/v1/machines`. The first MAC is the boot NIC. */
export const CreateMachine = z.strictObject({
  name: Line(100).default(''),
  macs: z.array(Line(64)).min(1).max(16),
  smbiosUuid: Line(64).exactOptional(),
  serial: Line(256).exactOptional(),
  platform: z.enum(PLATFORMS).exactOptional(),
});
export type CreateMachine = z.infer<typeof CreateMachine>;

/** `registered: true` makes a machine that was only seen into one of ours. */
export const PatchMachine = z.strictObject({
  name: Line(100).exactOptional(),
  macs: z.array(Line(64)).min(1).max(16).exactOptional(),
  platform: z.enum(PLATFORMS).exactOptional(),
  blocked: z.boolean().exactOptional(),
  registered: z.literal(true).exactOptional(),
});
export type PatchMachine = z.infer<typeof PatchMachine>;

export const MachineView = z.object({
  id: Id,
  name: z.string(),
  macs: z.array(z.string()),
  smbiosUuid: z.string().nullable(),
  serial: z.string(),
  manufacturer: z.string(),
  model: z.string(),
  platform: z.enum(PLATFORMS),
  registered: z.boolean(),
  blocked: z.boolean(),
  demo: z.boolean(),
  lastVisitAt: Instant.nullable(),
  lastAnswer: z.enum(BOOT_ANSWERS).nullable(),
  openDeploymentId: Id.nullable(),
  systemId: Id.nullable(),
  createdAt: Instant,
});
export type MachineView = z.infer<typeof MachineView>;
/** `show=new`: seen on the network, registered by nobody yet. */
export const MachineQuery = PageQuery.extend({
  q: Line(100).exactOptional(),
  show: z.enum(['all', 'registered', 'new']).default('all'),
  sort: z.enum(['-lastVisitAt', 'name', '-createdAt']).default('-createdAt'),
}).strict();
export const MachinePage = pageOf(MachineView);

/** `POST /api/v1/images`: registers an uploaded asset of role `image` as installable. */
export const CreateImage = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('wim'),
    name: Name(100),
    assetSha256: z.string().regex(/^[0-9a-f]{64}$/),
    edition: z.enum(WINDOWS_EDITIONS),
    wimIndex: z.number().int().min(1).max(100),
  }),
  z.strictObject({
    kind: z.literal('raw-disk'),
    name: Name(100),
    assetSha256: z.string().regex(/^[0-9a-f]{64}$/),
    compression: z.enum(['none', 'gzip']),
    diskSize: z.number().int().min(1),
  }),
]);
export type CreateImage = z.infer<typeof CreateImage>;
export const PatchImage = z.strictObject({ name: Name(100) });

export const ImageView = z.object({
  id: Id,
  name: z.string(),
  family: z.enum(FAMILIES),
  kind: z.enum(IMAGE_KINDS),
  assetSha256: z.string(),
  size: z.number().int(),
  edition: z.string().nullable(),
  wimIndex: z.number().int().nullable(),
  compression: z.enum(['none', 'gzip']).nullable(),
  diskSize: z.number().int().nullable(),
  demo: z.boolean(),
  /** Files without which it cannot be installed, each with its cure; empty when it is ready. */
  missing: z.array(z.object({ role: z.enum(ASSET_ROLES), cure: z.string() })),
  deployments: z.number().int(),
  createdAt: Instant,
});
export type ImageView = z.infer<typeof ImageView>;
export const ImageQuery = PageQuery.extend({
  q: Line(100).exactOptional(),
  family: z.enum(FAMILIES).exactOptional(),
}).strict();
export const ImagePage = pageOf(ImageView);

/** `POST /api/v1/assets?role=…&name=…` with the file as body. */
export const UploadQuery = z.strictObject({
  role: z.enum(ASSET_ROLES),
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/),
  demo: DemoMark,
  /** When given, an upload with another digest is refused. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .exactOptional(),
});
export const AssetView = z.object({
  sha256: z.string(),
  name: z.string(),
  role: z.enum(ASSET_ROLES),
  size: z.number().int(),
  demo: z.boolean(),
  /** Is it the one that machines of today get for its role? */
  current: z.boolean(),
  createdAt: Instant,
});
export type AssetView = z.infer<typeof AssetView>;
export const AssetParams = z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });
export const AssetList = z.object({ items: z.array(AssetView) });

/** A preset that no deployment could use is refused when it is written down, not when somebody first needs it. */
const Presets = TemplateSettings.superRefine(({ locale, keyboard, timeZone, domain }, context) => {
  const refuse = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
  for (const [name, tag] of Object.entries({ locale, keyboard }))
    if (tag !== undefined && localeFacts(tag) === undefined) refuse([name], `There is no ${name} ${tag} in our table.`);
  if (timeZone !== undefined && windowsTimeZone(timeZone) === undefined)
    refuse(['timeZone'], `There is no time zone ${timeZone} in our table.`);
  if (typeof domain?.ou === 'string' && parseDistinguishedName(domain.ou) === undefined)
    refuse(['domain', 'ou'], 'An organisational unit is written OU=Servers,DC=corp,DC=example,DC=com.');
});

export const CreateTemplate = z.strictObject({
  name: Name(100),
  imageId: Id.nullable().default(null),
  settings: Presets.prefault({}),
});
export type CreateTemplate = z.infer<typeof CreateTemplate>;
export const PatchTemplate = z.strictObject({
  name: Name(100).exactOptional(),
  imageId: Id.nullable().exactOptional(),
  settings: Presets.exactOptional(),
});
export type PatchTemplate = z.infer<typeof PatchTemplate>;
export const TemplateView = z.object({
  id: Id,
  name: z.string(),
  imageId: Id.nullable(),
  imageName: z.string().nullable(),
  settings: TemplateSettings,
  version: z.number().int(),
  demo: z.boolean(),
  deployments: z.number().int(),
  createdAt: Instant,
  updatedAt: Instant,
});
export type TemplateView = z.infer<typeof TemplateView>;
export const TemplateQuery = PageQuery.extend({ q: Line(100).exactOptional() }).strict();
export const TemplatePage = pageOf(TemplateView);

export const SystemView = z.object({
  id: Id,
  machineId: Id,
  deploymentId: Id.nullable(),
  hostName: z.string(),
  osName: z.string(),
  osVersion: z.string(),
  domainName: z.string(),
  agentVersion: z.string(),
  lastReportAt: Instant.nullable(),
  acceptedAt: Instant.nullable(),
  demo: z.boolean(),
});
export type SystemView = z.infer<typeof SystemView>;
export const SystemQuery = PageQuery.extend({ q: Line(100).exactOptional() }).strict();
export const SystemPage = pageOf(SystemView);

/** `GET /api/v1/overview`: the first page in one answer. Counts are of deployments. */
export const OverviewCounts = z.object({
  running: z.number().int(),
  holding: z.number().int(),
  succeededWeek: z.number().int(),
  failedWeek: z.number().int(),
  newMachines: z.number().int(),
  images: z.number().int(),
  demo: z.boolean(),
});
export type OverviewCounts = z.infer<typeof OverviewCounts>;

/** `GET /api/v1/platforms`: what may stand in `platform`, with a name for people. */
export const PlatformList = z.object({ items: z.array(z.object({ id: z.enum(PLATFORMS), name: z.string() })) });
