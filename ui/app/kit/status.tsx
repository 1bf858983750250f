import type { ReactElement } from 'react';
import type { DeploymentStatus, PhaseName } from '../../../domain/phases.ts';
import { useTexts } from './context.tsx';
import { Icon } from './icon.tsx';
import type { IconName } from './icon.tsx';
import type { Tone } from './layout.tsx';

const LOOK: Readonly<
  Record<DeploymentStatus, { readonly icon: IconName; readonly tone: Tone; readonly spin: boolean }>
> = {
  queued: { icon: 'circle', tone: 'grey', spin: false },
  running: { icon: 'work', tone: 'blue', spin: true },
  holding: { icon: 'pause', tone: 'amber', spin: false },
  succeeded: { icon: 'tick', tone: 'green', spin: false },
  failed: { icon: 'cross', tone: 'red', spin: false },
  cancelled: { icon: 'bar', tone: 'grey', spin: false },
};

/** A word with a shape and a colour, which say the same thing. */
export function Status({
  status,
  phase,
}: {
  readonly status: DeploymentStatus;
  readonly phase: PhaseName;
}): ReactElement {
  const texts = useTexts();
  const waits = status === 'running' && phase === 'awaiting-boot';
  const look = waits ? { icon: 'clock' as const, tone: 'amber' as const, spin: false } : LOOK[status];
  return (
    <span className={`status tone-${look.tone}`}>
      <Icon name={look.icon} spin={look.spin} />
      {status === 'running' ? texts.status.phase[phase] : texts.status.status[status]}
    </span>
  );
}

export function Badge({
  tone,
  icon,
  children,
}: {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly children: string;
}): ReactElement {
  return (
    <span className={`status tone-${tone}`}>
      <Icon name={icon} />
      {children}
    </span>
  );
}

const BAR: Readonly<Record<DeploymentStatus, string>> = {
  queued: 'bar-grey',
  running: '',
  holding: 'bar-amber',
  succeeded: 'bar-green',
  failed: 'bar-red',
  cancelled: 'bar-grey',
};

export function Progress({
  percent,
  status,
  label,
}: {
  readonly percent: number;
  readonly status: DeploymentStatus;
  readonly label: string;
}): ReactElement {
  return (
    <span className="flex min-w-24 items-center gap-2">
      <progress className={`bar ${BAR[status]}`} max={100} value={percent} aria-label={label}>
        {percent} %
      </progress>
      <span className="w-12 shrink-0 text-end text-sm whitespace-nowrap text-muted tabular-nums">{percent} %</span>
    </span>
  );
}
