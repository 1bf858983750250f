/** What the engine's side needs of a logger: named fields first, one fixed sentence after them. `api/log.ts` has one that fits. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What may be told of an error: its class and words, never an options object it drags along. */
export function errorFields(error: unknown): { readonly error: string; readonly cause?: string } {
  if (!(error instanceof Error)) return { error: String(error) };
  const told = { error: `${error.name}: ${error.message}` };
  return error.cause instanceof Error ? { ...told, cause: `${error.cause.name}: ${error.cause.message}` } : told;
}
