import type { Faults } from './faults.ts';

/** What happens to a machine in a step. */
export type StepFault =
  | { readonly kind: 'fails'; readonly reason: string; readonly message: string }
  | { readonly kind: 'falls-silent' }
  | { readonly kind: 'loses-power' };

/** The faults of one machine. Each that ends an installation happens once, so that a second try may succeed. */
export class FaultPlan {
  readonly copies: number;
  readonly reorders: boolean;
  readonly evidence: NonNullable<Faults['evidence']>;
  readonly #faults: Faults;
  readonly #happened = new Set<'replayed' | StepFault['kind']>();

  constructor(faults: Faults) {
    this.#faults = faults;
    this.copies = faults.copies ?? 1;
    this.reorders = faults.reorders === true;
    this.evidence = faults.evidence ?? {};
  }

  replaysNonce(): boolean {
    return this.#faults.replayed === true && this.#first('replayed');
  }

  inStep(step: string): StepFault | undefined {
    const { failAt, silentAt, rebootAt } = this.#faults;
    if (failAt?.step === step && this.#first('fails')) return { ...failAt, kind: 'fails' };
    if (silentAt === step && this.#first('falls-silent')) return { kind: 'falls-silent' };
    if (rebootAt === step && this.#first('loses-power')) return { kind: 'loses-power' };
    return undefined;
  }

  #first(fault: 'replayed' | StepFault['kind']): boolean {
    const first = !this.#happened.has(fault);
    this.#happened.add(fault);
    return first;
  }
}
