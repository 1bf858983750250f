import { DomainError } from '../domain/errors.ts';
import type { TemplateSettings } from '../domain/settings.ts';
import { violates } from './pool.ts';
import type { Queryable } from './pool.ts';

export interface StoredTemplate {
  readonly id: string;
  readonly name: string;
  readonly imageId: string | null;
  readonly settings: TemplateSettings;
}

export async function findTemplate(db: Queryable, id: string): Promise<StoredTemplate | undefined> {
  const { rows } = await db.query<{
    id: string;
    name: string;
    image_id: string | null;
    settings: TemplateSettings;
  }>({ text: 'select t.id, t.name, t.image_id, t.settings from templates t where t.id = $1', values: [id] });
  const [row] = rows;
  return row === undefined ? undefined : { id: row.id, name: row.name, imageId: row.image_id, settings: row.settings };
}

export async function insertTemplate(
  db: Queryable,
  template: Omit<StoredTemplate, 'id'> & { readonly demo: boolean },
): Promise<string> {
  try {
    const { rows } = await db.query<{ id: string }>({
      text: 'insert into templates (name, image_id, settings, demo) values ($1, $2, $3, $4) returning id',
      values: [template.name, template.imageId, template.settings, template.demo],
    });
    const id = rows[0]?.id;
    if (id === undefined) throw new Error('an insert returned nothing');
    return id;
  } catch (error) {
    throw explained(error);
  }
}

/** Undefined fields stay as they are. The version says that deployments made before had another one. */
export async function updateTemplate(
  db: Queryable,
  id: string,
  change: {
    readonly name?: string | undefined;
    readonly imageId?: string | null | undefined;
    readonly settings?: TemplateSettings | undefined;
  },
): Promise<boolean> {
  try {
    const { rowCount } = await db.query({
      text: `update templates t set name = coalesce($2, t.name),
          image_id = case when $3 then $4::uuid else t.image_id end, settings = coalesce($5, t.settings),
          version = t.version + 1, updated_at = now()
        where t.id = $1`,
      values: [id, change.name ?? null, change.imageId !== undefined, change.imageId ?? null, change.settings ?? null],
    });
    return rowCount === 1;
  } catch (error) {
    throw explained(error);
  }
}

/** Deployments made with it keep their own copy of the settings and forget only the name. */
export async function deleteTemplate(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query({ text: 'delete from templates t where t.id = $1', values: [id] });
  return rowCount === 1;
}

function explained(error: unknown): unknown {
  if (violates(error, 'templates_name_is_taken'))
    return new DomainError('name-already-taken', 'Another template has this name.', {
      cause: error,
      fields: [{ pointer: '/name', detail: 'Another template has this name.' }],
    });
  if (violates(error, 'templates_image_id_fkey'))
    return new DomainError('invalid-settings', 'There is no such image.', {
      cause: error,
      fields: [{ pointer: '/imageId', detail: 'There is no such image.' }],
    });
  return error;
}
