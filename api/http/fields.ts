import { DomainError } from '../../domain/errors.ts';

/** Reads one field with a rule of the domain; what the rule refuses is said of that field. */
export function atField<T>(pointer: string, read: (text: string) => T, text: string): T {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new DomainError(error.code, error.message, {
      cause: error,
      fields: [{ pointer, detail: error.message }],
    });
  }
}

/** One field of a request is wrong in a way that only the database could tell. */
export function wrongField(pointer: string, detail: string): DomainError {
  return new DomainError('invalid-settings', detail, { fields: [{ pointer, detail }] });
}
