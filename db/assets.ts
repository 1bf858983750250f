import type { Asset, AssetRole } from '../domain/image.ts';
import type { Queryable } from './pool.ts';

/** An asset with its place in time: the newest of a role is the one that machines get. */
export interface StoredAsset extends Asset {
  readonly current: boolean;
  readonly createdAt: Date;
}

interface AssetRow {
  sha256: string;
  role: AssetRole;
  demo: boolean;
  name: string;
  size: number;
  created_at: Date;
  current: boolean;
}

/** Notes a stored file. The same file for the same role again becomes the newest of its role. */
export async function recordAsset(db: Queryable, asset: Asset): Promise<void> {
  await db.query({
    text: `insert into assets (sha256, role, demo, name, size) values ($1, $2, $3, $4, $5)
      on conflict (sha256, role, demo) do update set name = excluded.name, created_at = now()`,
    values: [asset.sha256, asset.role, asset.demo, asset.name, asset.size],
  });
}

/** Every file, newest first. Of role `image` each is current: an image names its file by digest. */
export async function listAssets(db: Queryable): Promise<readonly StoredAsset[]> {
  const { rows } = await db.query<AssetRow>(
    `select a.sha256, a.role, a.demo, a.name, a.size, a.created_at,
        a.role = 'image' or row_number() over (partition by a.role, a.demo order by a.created_at desc, a.sha256) = 1 as current
      from assets a order by a.created_at desc, a.sha256`,
  );
  return rows.map(fromRow);
}

/** The newest file of every role, and the given image file: what one deployment's files are made of. */
export async function assetsFor(
  db: Queryable,
  wanted: { readonly roles: readonly AssetRole[]; readonly imageSha256: string; readonly demo: boolean },
): Promise<Partial<Record<AssetRole, Asset>>> {
  const { rows } = await db.query<AssetRow>({
    text: `select distinct on (a.role) a.sha256, a.role, a.demo, a.name, a.size, a.created_at, true as current
      from assets a
      where a.demo = $3 and ((a.role = 'image' and a.sha256 = $2) or (a.role <> 'image' and a.role = any ($1)))
      order by a.role, a.created_at desc`,
    values: [wanted.roles, wanted.imageSha256, wanted.demo],
  });
  return Object.fromEntries(rows.map((row) => [row.role, fromRow(row)]));
}

/** Images that are made of this file. */
export async function imagesOfAsset(
  db: Queryable,
  sha256: string,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const { rows } = await db.query<{ id: string; name: string }>({
    text: 'select i.id, i.name from images i where i.asset_sha256 = $1 order by i.name',
    values: [sha256],
  });
  return rows;
}

/** Open deployments whose machines may still fetch a file of these roles. */
export async function openDeploymentsUsing(
  db: Queryable,
  sha256: string,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const { rows } = await db.query<{ id: string; name: string }>({
    text: `select d.id, d.host_name as name from deployments d join images i on i.id = d.image_id
      where d.status in ('queued', 'running', 'holding') and exists (
        select 1 from assets a
        where a.sha256 = $1 and a.demo = d.demo and case i.family
          when 'windows' then a.role in ('wimboot', 'winpe', 'winpe-curl')
          else a.role in ('linux-kernel', 'linux-initrd', 'grub-localboot') end)
      order by d.created_at limit 20`,
    values: [sha256],
  });
  return rows;
}

/** Forgets a file in every role. False when there was none. */
export async function deleteAsset(db: Queryable, sha256: string): Promise<boolean> {
  const { rowCount } = await db.query({ text: 'delete from assets a where a.sha256 = $1', values: [sha256] });
  return (rowCount ?? 0) > 0;
}

function fromRow(row: AssetRow): StoredAsset {
  return {
    sha256: row.sha256,
    role: row.role,
    demo: row.demo,
    name: row.name,
    size: row.size,
    current: row.current,
    createdAt: row.created_at,
  };
}
