/** A failure that a person can cure; its message is all he needs to see. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

/** What to print for an error that ends the start: sentences for what we foresaw, the stack for what we did not. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const unforeseen = error instanceof TypeError || error instanceof ReferenceError || error instanceof SyntaxError;
  return unforeseen ? (error.stack ?? error.message) : error.message;
}

/** The system's short word for what went wrong (`EADDRINUSE`), if it has one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
