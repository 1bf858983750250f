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

/**
 * Looks at several fields before it says no, so that a form shows everything that is wrong with them at once. A fault that
 * is of no field, and one that is alone, is thrown as it is.
 */
export class FieldCheck {
  readonly #faults: DomainError[] = [];

  /** What was read, or undefined when `refuseFaults` will throw. */
  async read<T>(read: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof DomainError) || error.fields.length === 0) throw error;
      this.#faults.push(error);
      return undefined;
    }
  }

  refuseFaults(): void {
    const [first, second] = this.#faults;
    if (first === undefined) return;
    if (second === undefined) throw first;
    const fields = this.#faults.flatMap((fault) => fault.fields);
    throw new DomainError('invalid-settings', 'Several fields cannot be used.', { fields });
  }
}

/** One field of a request is wrong in a way that only the database could tell. */
export function wrongField(pointer: string, detail: string): DomainError {
  return new DomainError('invalid-settings', detail, { fields: [{ pointer, detail }] });
}
