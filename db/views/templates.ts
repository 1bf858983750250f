import type { z } from 'zod';
import type { TemplateQuery, TemplateView } from '../../api/contract/inventory.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Queryable } from '../pool.ts';
import { anywhere, keyset, pageOfRows } from './paging.ts';
import type { Page, SortKey } from './paging.ts';

interface TemplateRow {
  id: string;
  name: string;
  image_id: string | null;
  image_name: string | null;
  settings: TemplateView['settings'];
  version: number;
  demo: boolean;
  deployments: number;
  created_at: Date;
  updated_at: Date;
}

const SELECT = `select t.id, t.name, t.image_id, i.name as image_name, t.settings, t.version, t.demo, t.created_at, t.updated_at,
    (select count(*)::integer from deployments d where d.template_id = t.id) as deployments
  from templates t left join images i on i.id = t.image_id`;

const BY_NAME: SortKey = { expression: 't.name', type: 'text', descending: false };

/** One page of the templates, by name. */
export async function listTemplates(db: Queryable, query: z.infer<typeof TemplateQuery>): Promise<Page<TemplateView>> {
  const paging = keyset('name', BY_NAME, query.cursor, 3, 't.id');
  const { rows } = await db.query<TemplateRow>({
    text: `${SELECT} where ($2::text is null or t.name ilike $2) and ${paging.where} order by ${paging.order} limit $1`,
    values: [query.limit + 1, query.q === undefined ? null : anywhere(query.q), ...paging.values],
  });
  return pageOfRows(rows, query.limit, 'name', (row) => ({ value: row.name, id: row.id }), viewOf);
}

export async function templateView(db: Queryable, id: string): Promise<TemplateView> {
  const { rows } = await db.query<TemplateRow>({ text: `${SELECT} where t.id = $1`, values: [id] });
  const [row] = rows;
  if (row === undefined) throw new DomainError('not-found', `There is no template ${id}.`);
  return viewOf(row);
}

function viewOf(row: TemplateRow): TemplateView {
  return {
    id: row.id,
    name: row.name,
    imageId: row.image_id,
    imageName: row.image_name,
    settings: row.settings,
    version: row.version,
    demo: row.demo,
    deployments: row.deployments,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
