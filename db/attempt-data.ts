import { ROLES_NEEDED } from '../domain/image.ts';
import type { Asset, AssetRole, Image } from '../domain/image.ts';
import type { Mac } from '../domain/identity.ts';
import type { DeploymentSettings } from '../domain/settings.ts';
import { assetsFor } from './assets.ts';
import { findImage } from './images.ts';
import type { Queryable } from './pool.ts';

/** What one attempt's files are made of, except what nobody but its machine may see. */
export interface AttemptData {
  readonly attemptId: string;
  readonly deploymentId: string;
  readonly attempt: number;
  /** The first one is the boot NIC. */
  readonly macs: readonly Mac[];
  readonly settings: DeploymentSettings;
  readonly image: Image;
  readonly assets: Readonly<Partial<Record<AssetRole, Asset>>>;
}

export async function readAttemptData(db: Queryable, attemptId: string): Promise<AttemptData | undefined> {
  return dataOf(db, await firstRow(db, 'a.id = $1', attemptId));
}

/** The same for the attempt that a deployment is in. */
export async function readCurrentAttemptData(db: Queryable, deploymentId: string): Promise<AttemptData | undefined> {
  return dataOf(db, await firstRow(db, 'd.id = $1 and a.number = d.attempt', deploymentId));
}

interface DataRow {
  readonly attempt_id: string;
  readonly number: number;
  readonly deployment_id: string;
  readonly settings: DeploymentSettings;
  readonly image_id: string;
  readonly demo: boolean;
  readonly macs: readonly Mac[];
}

async function firstRow(db: Queryable, where: string, id: string): Promise<DataRow | undefined> {
  const { rows } = await db.query<DataRow>({
    text: `select a.id as attempt_id, a.number, d.id as deployment_id, d.settings, d.image_id, d.demo,
        array(select mm.mac::text from machine_macs mm where mm.machine_id = d.machine_id order by mm.position, mm.mac) as macs
      from attempts a join deployments d on d.id = a.deployment_id where ${where}`,
    values: [id],
  });
  return rows[0];
}

async function dataOf(db: Queryable, row: DataRow | undefined): Promise<AttemptData | undefined> {
  if (row === undefined) return undefined;
  const image = await findImage(db, row.image_id);
  if (image === undefined) throw new Error(`deployment ${row.deployment_id} has lost its image`);
  const roles = ROLES_NEEDED[image.family];
  return {
    attemptId: row.attempt_id,
    deploymentId: row.deployment_id,
    attempt: row.number,
    macs: row.macs,
    settings: row.settings,
    image,
    assets: await assetsFor(db, { roles, imageSha256: image.assetSha256, demo: row.demo }),
  };
}
