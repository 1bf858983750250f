import { z } from 'zod';

/** ISO 8601 with a zone, as `JSON.stringify` writes a `Date`. */
export const Instant = z.iso.datetime({ offset: true });

/**
 * No control characters (line breaks too) and no half of a surrogate pair, which neither UTF-8 nor PostgreSQL can hold.
 * Written without the `u` flag, so that it means the same as a `pattern` in a JSON schema.
 */
export const PRINTABLE =
  // eslint-disable-next-line no-control-regex -- refusing control characters is the point
  /^(?:[^\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff])*$/;

/** Characters that turn the direction of what follows: a name with one reads as another name, or as none. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/;

/** Text for people, in one line: control characters (line breaks too) and broken surrogate pairs are refused. */
export function Line(max: number): z.ZodString {
  return z
    .string()
    .trim()
    .max(max)
    .regex(PRINTABLE, 'no control characters')
    .refine(readsAsWritten, 'no marks that turn the direction of writing');
}

function readsAsWritten(text: string): boolean {
  return !TURNS.test(text);
}

/** What a record is called, so that it can be seen and clicked: not blank, and not made of joiners alone. */
export function Name(max: number): z.ZodString {
  return Line(max)
    .min(1)
    .refine((text) => /[\p{L}\p{N}\p{P}\p{S}]/u.test(text), 'at least one visible character');
}

export const Id = z.uuid();
export const IdParams = z.strictObject({ id: Id });

/**
 * A whole number, which small clients and forms send as text. Nothing else is taken for one: `true` is not 1, and an empty
 * list is not 0.
 */
export function WholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): z.ZodType<number, number | string> {
  const message = `a whole number from ${min} to ${max}`;
  const number = z.number(message).int(message).min(min, message).max(max, message);
  const inDigits = z
    .string()
    .regex(/^[0-9]{1,16}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max);
  return z.union([number, inDigits], message);
}

/** Cursor paging: `next` of one page is `cursor` of the following request. Limit 1 to 200, 50 unless told. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).exactOptional(),
});

export function pageOf<T extends z.ZodType>(
  item: T,
): z.ZodObject<{ items: z.ZodArray<T>; next: z.ZodNullable<z.ZodString> }> {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** RFC 9457. `type` is the stable name of the problem; programs match on nothing else. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().exactOptional(),
  instance: z.string().exactOptional(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).exactOptional(),
  /** `machine-already-deploying`: the deployment that owns the machine. */
  deploymentId: z.string().exactOptional(),
  /** `artefact-missing`: every file that is not there, with what cures it. */
  missing: z.array(z.object({ role: z.string(), cure: z.string() })).exactOptional(),
  /** `still-in-use`: who uses it. */
  usedBy: z.array(z.object({ kind: z.string(), id: z.string(), name: z.string() })).exactOptional(),
});
export type Problem = z.infer<typeof Problem>;
