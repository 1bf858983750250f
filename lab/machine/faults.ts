/** What goes wrong with a machine, on purpose. Steps are those of the installer (`partitioning`, `applying`, …). */
export interface Faults {
  /** The step that fails, with the reason and the words the machine gives. Once. */
  readonly failAt?: { readonly step: string; readonly reason: string; readonly message: string };
  /** The step in which the machine falls silent for good. Once. */
  readonly silentAt?: string;
  /** The step in which the power fails and comes back. Once. */
  readonly rebootAt?: string;
  /** Every callback is sent this often. */
  readonly copies?: number;
  /** Progress arrives after the step that follows it. */
  readonly reorders?: boolean;
  /** Somebody else on the network saw the boot script and exchanges its nonce too. */
  readonly replayed?: boolean;
  /** What the agent says instead of the truth: a system that came out wrong. */
  readonly evidence?: { readonly hostName?: string; readonly domain?: string };
}
