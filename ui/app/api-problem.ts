import type { ProblemCode } from './i18n/problems.ts';

/** What the API refused, as a page needs it: plain data that may cross from server to browser. */
export interface ApiProblem {
  readonly status: number;
  /** Last word of the problem's `type`, such as `machine-already-deploying`. */
  readonly code: ProblemCode;
  /** The service's own English sentence; empty when it said none. */
  readonly detail: string;
  readonly instance: string;
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
  /** `machine-already-deploying`: the deployment that owns the machine. */
  readonly deploymentId: string | null;
  /** `artefact-missing`: each file that is not there, with what cures it. */
  readonly missing: readonly { readonly role: string; readonly cure: string }[];
  /** `still-in-use`: who uses it. */
  readonly usedBy: readonly { readonly kind: string; readonly id: string; readonly name: string }[];
}

/** Thrown by the API client for writes, which have a form to show it in. Reads throw a page instead. */
export class ApiProblemError extends Error {
  override readonly name = 'ApiProblemError';
  readonly problem: ApiProblem;

  constructor(problem: ApiProblem) {
    super(`the API answered ${problem.status} ${problem.code}`);
    this.problem = problem;
  }
}
