/** What the engine's side needs of a logger: named fields first, one fixed sentence after them. `api/log.ts` has one that fits. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What may be told of an error: the words of it and of its causes, never an options object it drags along. */
export function errorFields(error: unknown): { readonly error: string } {
  if (!(error instanceof Error)) return { error: String(error) };
  const own = `${error.name}: ${error.message}`;
  return { error: error.cause === undefined ? own : `${own} < ${errorFields(error.cause).error}` };
}
