/** What a line of the timeline is about. The interface has a sentence for each, in every language. */
export const EVENT_KINDS = [
  'deployment.created',
  'deployment.started',
  'deployment.held',
  'deployment.resumed',
  'deployment.extended',
  'deployment.succeeded',
  'deployment.failed',
  'deployment.cancelled',
  'deployment.compensated',
  'attempt.opened',
  'phase.entered',
  'boot.visited',
  'installer.started',
  'installer.step',
  'installer.inventory',
  'wipe.granted',
  'wipe.refused',
  'callback.refused',
  'nonce.replayed',
  'agent.enrolled',
  'agent.enrolment-refused',
  'agent.reported',
  'system.accepted',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** One line to be written. */
export interface TimelineEvent {
  readonly deploymentId: string | null;
  readonly machineId: string | null;
  readonly attempt: number | null;
  readonly source: 'machine' | 'agent' | 'operator' | 'service';
  readonly actor?: string;
  readonly kind: EventKind;
  readonly level?: 'info' | 'warning' | 'error';
  readonly phase?: string | null;
  readonly step?: string;
  readonly message?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}
