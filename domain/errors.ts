/**
 * Every way the domain can say no. `api/problem.ts` maps each to one HTTP status and title; nothing else invents
 * codes. The code is for programs and never changes meaning, the message is for people.
 */
export const DOMAIN_ERROR_CODES = [
  'invalid-mac',
  'invalid-smbios-uuid',
  'invalid-host-name',
  'invalid-settings',
  'not-found',
  'machine-already-deploying',
  'mac-already-registered',
  'name-already-taken',
  'still-in-use',
  'artefact-missing',
  'deployment-not-open',
  'deployment-still-open',
  'command-not-allowed',
  'stale-attempt',
  'credential-rejected',
  'credential-replayed',
  'wipe-not-permitted',
  'not-signed-in',
  'not-permitted',
  'wrong-password',
  'too-many-tries',
  'idempotency-key-reused',
  'engine-unavailable',
  'store-unavailable',
  'disk-full',
  'too-large',
] as const;
export type DomainErrorCode = (typeof DOMAIN_ERROR_CODES)[number];

/** One field of a request that is wrong, addressed by a JSON Pointer (RFC 6901). */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/** What a program needs to go on from a refusal, beyond its words. */
export interface ErrorFacts {
  /** `machine-already-deploying`: the deployment that owns the machine. */
  readonly deploymentId?: string;
  /** `artefact-missing`: every file that is not there, with what cures it. */
  readonly missing?: readonly { readonly role: string; readonly cure: string }[];
  /** `still-in-use`: who uses it. */
  readonly usedBy?: readonly { readonly kind: string; readonly id: string; readonly name: string }[];
}

export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: DomainErrorCode;
  /** Set when the fault lies in named fields of a request; a form shows each beside its field. */
  readonly fields: readonly FieldError[];
  readonly facts: ErrorFacts;

  constructor(
    code: DomainErrorCode,
    message: string,
    options: ErrorOptions & { fields?: readonly FieldError[]; facts?: ErrorFacts } = {},
  ) {
    super(message, options);
    this.code = code;
    this.fields = options.fields ?? [];
    this.facts = options.facts ?? {};
  }
}
