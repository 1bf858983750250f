import type { ReactElement } from 'react';
import type { DeploymentView } from '../../../../api/contract/deployments.ts';
import { formatDuration, secondsBetween } from '../../format/duration.ts';
import { useNow, useReader, useTexts } from '../../kit/context.tsx';
import { Icon } from '../../kit/icon.tsx';
import type { IconName } from '../../kit/icon.tsx';
import { Section } from '../../kit/layout.tsx';
import { At } from '../../kit/time.tsx';

type Phase = DeploymentView['phases'][number];

const LOOK: Readonly<Record<Phase['state'], { readonly icon: IconName; readonly tone: string }>> = {
  done: { icon: 'tick', tone: 'text-green' },
  current: { icon: 'work', tone: 'text-blue' },
  ahead: { icon: 'circle', tone: 'text-muted' },
  stopped: { icon: 'pause', tone: 'text-amber' },
};

/** The phases in order, each with how long it took and how long it may take. The bars repeat the words as a picture. */
export function Timeline({ deployment }: { readonly deployment: DeploymentView }): ReactElement {
  const { deployments } = useTexts();
  const now = useNow();
  // While a person has to decide, nothing is in progress.
  const phases = deployment.phases.map((phase) =>
    phase.state === 'current' && deployment.status === 'holding' ? { ...phase, state: 'stopped' as const } : phase,
  );
  const begin = Math.min(...phases.map(({ startedAt }) => (startedAt === null ? now : Date.parse(startedAt))));
  const ends = phases.map(({ startedAt, endedAt }) =>
    startedAt === null ? begin : endedAt === null ? now : Date.parse(endedAt),
  );
  const span = { begin, length: Math.max(1_000, Math.max(...ends) - begin) };
  return (
    <Section id="timeline" title={deployments.timeline}>
      <ol>
        {phases.map((phase) => (
          <PhaseLine key={phase.name} phase={phase} span={span} />
        ))}
      </ol>
    </Section>
  );
}

interface Span {
  readonly begin: number;
  readonly length: number;
}

function PhaseLine({ phase, span }: { readonly phase: Phase; readonly span: Span }): ReactElement {
  const { deployments, status } = useTexts();
  const { language } = useReader();
  const now = useNow();
  const look = LOOK[phase.state];
  const seconds = phase.startedAt === null ? null : secondsBetween(phase.startedAt, phase.endedAt ?? now);
  return (
    <li className="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-2 border-t border-line py-2 first:border-t-0 sm:grid-cols-[1.25rem_minmax(0,11rem)_minmax(0,1fr)_12.5rem]">
      <span className={`mt-1 ${look.tone}`}>
        <Icon name={look.icon} spin={phase.state === 'current'} />
      </span>
      <span
        className={phase.state === 'ahead' ? 'text-muted' : 'font-medium'}
        {...(phase.state === 'current' ? { 'aria-current': 'step' as const } : {})}
      >
        {status.phase[phase.name]}
        <span className="sr-only">: {deployments.phaseState[phase.state]}</span>
        {phase.startedAt === null ? null : (
          <span className="block text-sm font-normal text-muted">
            <At time={phase.startedAt} clock />
          </span>
        )}
      </span>
      <span className={`hidden items-center sm:flex sm:px-3 ${look.tone}`}>
        <PhaseBar phase={phase} span={span} now={now} />
      </span>
      <span className="col-start-2 text-sm text-muted sm:col-start-auto sm:self-center sm:text-end">
        <span className="font-medium whitespace-nowrap text-ink tabular-nums">
          {seconds === null ? deployments.notYet : formatDuration(seconds, language)}
        </span>{' '}
        <span className="whitespace-nowrap">
          · {deployments.limit(formatDuration(phase.deadlineSeconds, language))}
        </span>
      </span>
    </li>
  );
}

/** Where in the whole this phase lies. Attributes of SVG, since the content policy allows no inline styles. */
function PhaseBar({
  phase,
  span,
  now,
}: {
  readonly phase: Phase;
  readonly span: Span;
  readonly now: number;
}): ReactElement {
  const share = (time: number) => Math.min(100, Math.max(0, ((time - span.begin) / span.length) * 100));
  const from = phase.startedAt === null ? null : share(Date.parse(phase.startedAt));
  const to = share(phase.endedAt === null ? now : Date.parse(phase.endedAt));
  return (
    <svg width="100%" height="8" aria-hidden="true">
      <rect y="3" width="100%" height="2" rx="1" className="fill-(--line)" />
      {from === null ? null : (
        <rect
          x={`${Math.min(from, 98).toFixed(2)}%`}
          width={`${Math.max(2, to - from).toFixed(2)}%`}
          height="8"
          rx="3"
          fill="currentColor"
        />
      )}
    </svg>
  );
}
