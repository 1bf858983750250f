import type { z } from 'zod';
import type { ImageQuery, ImageView } from '../../api/contract/inventory.ts';
import { DomainError } from '../../domain/errors.ts';
import { CURE_FOR, ROLES_NEEDED } from '../../domain/image.ts';
import type { AssetRole, Family, ImageKind } from '../../domain/image.ts';
import type { Queryable } from '../pool.ts';
import { anywhere, keyset, pageOfRows } from './paging.ts';
import type { Page, SortKey } from './paging.ts';

interface ImageRow {
  id: string;
  name: string;
  family: Family;
  kind: ImageKind;
  asset_sha256: string;
  size: number;
  edition: string | null;
  wim_index: number | null;
  compression: 'none' | 'gzip' | null;
  disk_size: number | null;
  demo: boolean;
  present: AssetRole[];
  deployments: number;
  created_at: Date;
}

const COLUMNS = `i.id, i.name, i.family, i.kind, i.asset_sha256, i.edition, i.wim_index, i.compression, i.disk_size, i.demo,
  i.created_at,
  coalesce((select a.size from assets a where a.sha256 = i.asset_sha256 and a.role = 'image' and a.demo = i.demo), 0) as size,
  array(select distinct a.role from assets a
    where a.demo = i.demo and (a.role <> 'image' or a.sha256 = i.asset_sha256)) as present,
  (select count(*)::integer from deployments d where d.image_id = i.id) as deployments`;

const BY_NAME: SortKey = { expression: 'i.name', type: 'text', descending: false };

/** One page of the catalogue, by name. */
export async function listImages(db: Queryable, query: z.infer<typeof ImageQuery>): Promise<Page<ImageView>> {
  const paging = keyset('name', BY_NAME, query.cursor, 4, 'i.id');
  const { rows } = await db.query<ImageRow>({
    text: `select ${COLUMNS} from images i
      where ($2::text is null or i.name ilike $2) and ($3::text is null or i.family = $3) and ${paging.where}
      order by ${paging.order} limit $1`,
    values: [query.limit + 1, query.q === undefined ? null : anywhere(query.q), query.family ?? null, ...paging.values],
  });
  return pageOfRows(rows, query.limit, 'name', (row) => ({ value: row.name, id: row.id }), viewOf);
}

export async function imageView(db: Queryable, id: string): Promise<ImageView> {
  const { rows } = await db.query<ImageRow>({ text: `select ${COLUMNS} from images i where i.id = $1`, values: [id] });
  const [row] = rows;
  if (row === undefined) throw new DomainError('not-found', `There is no image ${id}.`);
  return viewOf(row);
}

function viewOf(row: ImageRow): ImageView {
  const needed: readonly AssetRole[] = ['image', ...ROLES_NEEDED[row.family]];
  return {
    id: row.id,
    name: row.name,
    family: row.family,
    kind: row.kind,
    assetSha256: row.asset_sha256,
    size: row.size,
    edition: row.edition,
    wimIndex: row.wim_index,
    compression: row.compression,
    diskSize: row.disk_size,
    demo: row.demo,
    missing: needed.filter((role) => !row.present.includes(role)).map((role) => ({ role, cure: CURE_FOR[role] })),
    deployments: row.deployments,
    createdAt: row.created_at.toISOString(),
  };
}
