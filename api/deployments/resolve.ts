import { findImage } from '../../db/images.ts';
import { findMachine, findMachineByMac } from '../../db/machines.ts';
import type { StoredMachine } from '../../db/machines.ts';
import type { Queryable } from '../../db/pool.ts';
import { findTemplate } from '../../db/templates.ts';
import type { StoredTemplate } from '../../db/templates.ts';
import { DomainError } from '../../domain/errors.ts';
import { parseHostName, parseMac, suggestedHostName } from '../../domain/identity.ts';
import type { Mac } from '../../domain/identity.ts';
import type { Image } from '../../domain/image.ts';
import { PHASE_NAMES } from '../../domain/phases.ts';
import type { PhaseLimits } from '../../domain/plan.ts';
import { guessPlatform } from '../../domain/platform.ts';
import { DEFAULT_SETTINGS } from '../../domain/settings.ts';
import type { DeploymentSettings } from '../../domain/settings.ts';
import type { CreateDeployment } from '../contract/deployments.ts';
import { FieldCheck, atField, wrongField } from '../http/fields.ts';

/** What a request to deploy means: the names in it looked up, template and defaults filled in. */
export interface Resolved {
  readonly mac: Mac;
  /** Undefined for an address that nobody registered and no machine ever booted with. */
  readonly machine: StoredMachine | undefined;
  readonly image: Image;
  readonly templateId: string | null;
  readonly settings: DeploymentSettings;
}

export async function resolveRequest(db: Queryable, body: CreateDeployment): Promise<Resolved> {
  const check = new FieldCheck();
  const found = await check.read(() => machineOf(db, body));
  const template = await check.read(() => templateOf(db, body.templateId));
  // A template that is not there says nothing of its image.
  const isOfLostTemplate = body.imageId === undefined && template === undefined;
  const imageId = body.imageId ?? template?.imageId ?? undefined;
  const image = isOfLostTemplate ? undefined : await check.read(() => imageOf(db, imageId));
  // Without an image nobody knows which rule a host name has to follow.
  const { hostName } = body;
  if (image !== undefined && isGiven(hostName))
    await check.read(() => atField('/hostName', (text) => parseHostName(text, image.family), hostName));
  check.refuseFaults();
  if (found === undefined || image === undefined) throw new Error('a field that was not read was not refused either');
  const { mac, machine } = found;
  refuseDemoMixture(machine, image);
  return {
    mac,
    machine,
    image,
    templateId: template?.id ?? null,
    settings: settingsOf(body, template, image, mac, machine),
  };
}

async function machineOf(
  db: Queryable,
  { mac: text, machineId }: CreateDeployment,
): Promise<{ readonly mac: Mac; readonly machine: StoredMachine | undefined }> {
  if (text !== undefined) {
    const mac = atField('/mac', parseMac, text);
    return { mac, machine: usable(await findMachineByMac(db, mac)) };
  }
  const machine = machineId === undefined ? undefined : await findMachine(db, machineId);
  if (machine === undefined) throw wrongField('/machineId', 'There is no such machine.');
  const [mac] = machine.macs;
  if (mac === undefined) throw wrongField('/machineId', 'This machine has no MAC address.');
  return { mac, machine: usable(machine) };
}

function usable(machine: StoredMachine | undefined): StoredMachine | undefined {
  if (machine?.blocked === true)
    throw new DomainError('command-not-allowed', 'This machine is blocked. Unblock it before you deploy it.');
  return machine;
}

async function templateOf(db: Queryable, id: string | undefined): Promise<StoredTemplate | undefined> {
  if (id === undefined) return undefined;
  const template = await findTemplate(db, id);
  if (template === undefined) throw wrongField('/templateId', 'There is no such template.');
  return template;
}

async function imageOf(db: Queryable, id: string | undefined): Promise<Image> {
  if (id === undefined) throw wrongField('/imageId', 'This template has no image. Choose one.');
  const image = await findImage(db, id);
  if (image === undefined) throw wrongField('/imageId', 'There is no such image.');
  return image;
}

/**
 * The demo's files install nothing; a real machine given them would be erased for it. An address that nobody has seen yet
 * becomes a machine of the demo with its image, so that everything can be tried without hardware.
 */
function refuseDemoMixture(machine: StoredMachine | undefined, image: Image): void {
  if (machine === undefined) return;
  if (image.demo && !machine.demo)
    throw wrongField('/imageId', 'This image belongs to the demo and works on its machines only.');
  if (machine.demo && !image.demo)
    throw wrongField('/imageId', 'A machine of the demo can only get an image of the demo.');
}

function settingsOf(
  body: CreateDeployment,
  template: StoredTemplate | undefined,
  image: Image,
  mac: Mac,
  machine: StoredMachine | undefined,
): DeploymentSettings {
  const hostName = isGiven(body.hostName) ? body.hostName : suggestedHostName(mac, image.family);
  return {
    ...DEFAULT_SETTINGS,
    platform: machine?.platform ?? guessPlatform({}),
    ...template?.settings,
    ...body.settings,
    limits: mergedLimits(template?.settings.limits ?? {}, body.settings.limits ?? {}),
    hostName: atField('/hostName', (text) => parseHostName(text, image.family), hostName),
  };
}

function isGiven(hostName: string | undefined): hostName is string {
  return hostName !== undefined && hostName !== '';
}

/** A request that changes one limit of a phase keeps the template's other one. */
function mergedLimits(base: PhaseLimits, change: PhaseLimits): PhaseLimits {
  const named = PHASE_NAMES.filter((name) => name in base || name in change);
  return Object.fromEntries(named.map((name) => [name, { ...base[name], ...change[name] }]));
}
