import { DomainError } from '../domain/errors.ts';
import type { Image, WindowsEdition } from '../domain/image.ts';
import { violates } from './pool.ts';
import type { Queryable } from './pool.ts';

interface ImageRow {
  id: string;
  name: string;
  kind: 'wim' | 'raw-disk';
  asset_sha256: string;
  edition: WindowsEdition | null;
  wim_index: number | null;
  compression: 'none' | 'gzip' | null;
  disk_size: number | null;
  demo: boolean;
}

export async function findImage(db: Queryable, id: string): Promise<Image | undefined> {
  const { rows } = await db.query<ImageRow>({
    text: `select i.id, i.name, i.kind, i.asset_sha256, i.edition, i.wim_index, i.compression, i.disk_size, i.demo
      from images i where i.id = $1`,
    values: [id],
  });
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** `Omit` over a union keeps only what all members share; this one keeps each member whole. */
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

export async function insertImage(db: Queryable, image: WithoutId<Image>): Promise<string> {
  const wim = image.kind === 'wim' ? image : undefined;
  const raw = image.kind === 'raw-disk' ? image : undefined;
  try {
    const { rows } = await db.query<{ id: string }>({
      text: `insert into images (name, family, kind, asset_sha256, edition, wim_index, compression, disk_size, demo)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id`,
      values: [
        image.name,
        image.family,
        image.kind,
        image.assetSha256,
        wim?.edition ?? null,
        wim?.wimIndex ?? null,
        raw?.compression ?? null,
        raw?.diskSize ?? null,
        image.demo,
      ],
    });
    const id = rows[0]?.id;
    if (id === undefined) throw new Error('an insert returned nothing');
    return id;
  } catch (error) {
    throw nameTaken(error);
  }
}

/** False when there is no such image. */
export async function renameImage(db: Queryable, id: string, name: string): Promise<boolean> {
  try {
    const { rowCount } = await db.query({ text: 'update images i set name = $2 where i.id = $1', values: [id, name] });
    return rowCount === 1;
  } catch (error) {
    throw nameTaken(error);
  }
}

/** What keeps an image: its deployments and templates. */
export async function usersOfImage(
  db: Queryable,
  id: string,
): Promise<readonly { readonly kind: string; readonly id: string; readonly name: string }[]> {
  const { rows } = await db.query<{ kind: string; id: string; name: string }>({
    text: `(select 'template' as kind, t.id, t.name from templates t where t.image_id = $1 order by t.name limit 20)
      union all
      (select 'deployment', d.id, d.host_name from deployments d where d.image_id = $1 order by d.created_at desc limit 20)`,
    values: [id],
  });
  return rows;
}

/** False when there was none. Refused by the database while a deployment or a template names it. */
export async function deleteImage(db: Queryable, id: string): Promise<boolean> {
  try {
    const { rowCount } = await db.query({ text: 'delete from images i where i.id = $1', values: [id] });
    return rowCount === 1;
  } catch (error) {
    if (!violates(error, 'deployments_image_id_fkey') && !violates(error, 'templates_image_id_fkey')) throw error;
    throw new DomainError('still-in-use', 'Deployments or templates name this image.', { cause: error });
  }
}

function nameTaken(error: unknown): unknown {
  if (!violates(error, 'images_name_is_taken')) return error;
  return new DomainError('name-already-taken', 'Another image has this name.', {
    cause: error,
    fields: [{ pointer: '/name', detail: 'Another image has this name.' }],
  });
}

/** The check constraints of the table are what the required fields of each kind rest on. */
function fromRow(row: ImageRow): Image {
  const base = { id: row.id, name: row.name, assetSha256: row.asset_sha256, demo: row.demo };
  if (row.kind === 'wim' && row.edition !== null && row.wim_index !== null)
    return { ...base, kind: 'wim', family: 'windows', edition: row.edition, wimIndex: row.wim_index };
  if (row.kind === 'raw-disk' && row.compression !== null && row.disk_size !== null)
    return { ...base, kind: 'raw-disk', family: 'linux', compression: row.compression, diskSize: row.disk_size };
  throw new Error(`image ${row.id} is not whole`);
}
