/** How a list is ordered: an SQL expression that is never null, with the row's id breaking ties. */
export interface SortKey {
  readonly expression: string;
  readonly type: 'timestamptz' | 'text';
  readonly descending: boolean;
}

/** A place in a list: everything after it is the next page, whatever was inserted meanwhile. */
export interface Place {
  readonly value: string;
  readonly id: string;
}

export interface Page<T> {
  readonly items: T[];
  readonly next: string | null;
}

/** A cursor that was not made by this list. */
export class CursorError extends Error {
  override readonly name = 'CursorError';
}

const TIMESTAMP = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,6})?[+-](?:0\d|1[0-5])(?::[0-5]\d){0,2}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The parts of a keyset query. `where` is a condition (`true` on the first page), `order` the whole clause, `values` what
 * its placeholders stand for, starting at `$firstPlaceholder`.
 */
export function keyset(
  sort: string,
  key: SortKey,
  cursor: string | undefined,
  firstPlaceholder: number,
  idExpression: string,
): { readonly where: string; readonly order: string; readonly values: readonly string[] } {
  const direction = key.descending ? 'desc' : 'asc';
  const order = `${key.expression} ${direction}, ${idExpression} ${direction}`;
  if (cursor === undefined) return { where: 'true', order, values: [] };
  const place = readCursor(sort, key, cursor);
  const operator = key.descending ? '<' : '>';
  return {
    where: `(${key.expression}, ${idExpression}) ${operator} ($${firstPlaceholder}::${key.type}, $${firstPlaceholder + 1}::uuid)`,
    order,
    values: [place.value, place.id],
  };
}

/** Cuts the one row too many off and turns the last one shown into the cursor of the next page. */
export function pageOfRows<Row, T>(
  rows: readonly Row[],
  limit: number,
  sort: string,
  place: (row: Row) => Place,
  view: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? makeCursor(sort, place(last)) : null;
  return { items: shown.map(view), next };
}

/** Text for the right side of `ilike`: the search word anywhere, its own wildcards meaning themselves. */
export function anywhere(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

function makeCursor(sort: string, { value, id }: Place): string {
  return Buffer.from(JSON.stringify([sort, value, id])).toString('base64url');
}

function readCursor(sort: string, key: SortKey, cursor: string): Place {
  const parts: unknown = parseJson(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (!isList(parts)) throw new CursorError('This cursor cannot be read.');
  const [madeFor, value, id] = parts;
  const good =
    typeof value === 'string' &&
    typeof id === 'string' &&
    UUID.test(id) &&
    !value.includes('\u0000') &&
    (key.type === 'text' || isTimestamp(value));
  if (!good || madeFor !== sort) throw new CursorError('This cursor belongs to another list or order.');
  return { value, id };
}

/** A time as PostgreSQL writes it, and one that there is: it refuses the thirteenth month with an error of its own. */
function isTimestamp(text: string): boolean {
  if (text === '-infinity') return true;
  const [, day = '', time = ''] = TIMESTAMP.exec(text) ?? [];
  const at = Date.parse(`${day}T${time}Z`);
  return day > '0001' && !Number.isNaN(at) && new Date(at).toISOString().startsWith(`${day}T${time}`);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
