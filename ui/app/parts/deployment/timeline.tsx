import type { ReactElement } from 'react';
import type { DeploymentView } from '../../../../api/contract/deployments.ts';
import { formatDuration, secondsBetween } from '../../format/duration.ts';
import { useNow, useReader, useTexts } from '../../kit/context.tsx';
import { Icon } from '../../kit/icon.tsx';
import type { IconName } from '../../kit/icon.tsx';
import { Section } from '../../kit/layout.tsx';
import { At } from '../../kit/time.tsx';

type Phase = DeploymentView['phases'][number];

const LOOK: Readonly<Record<Phase['state'], { readonly icon: IconName; readonly tone: string; readonly bar: string }>> =
  {
    done: { icon: 'tick', tone: 'text-green', bar: 'bar bar-green' },
    current: { icon: 'work', tone: 'text-blue', bar: 'bar' },
    ahead: { icon: 'circle', tone: 'text-muted', bar: 'bar bar-grey' },
    stopped: { icon: 'pause', tone: 'text-amber', bar: 'bar bar-amber' },
  };

/** The phases in order, each with how long it took and how long it may take. The bar only repeats the words. */
export function Timeline({ phases }: { readonly phases: readonly Phase[] }): ReactElement {
  const { deployments } = useTexts();
  return (
    <Section id="timeline" title={deployments.timeline}>
      <ol>
        {phases.map((phase) => (
          <PhaseLine key={phase.name} phase={phase} />
        ))}
      </ol>
    </Section>
  );
}

function PhaseLine({ phase }: { readonly phase: Phase }): ReactElement {
  const { deployments, status } = useTexts();
  const { language } = useReader();
  const now = useNow();
  const look = LOOK[phase.state];
  const seconds = phase.startedAt === null ? null : secondsBetween(phase.startedAt, phase.endedAt ?? now);
  const fixed = seconds !== null && (phase.endedAt !== null || phase.state === 'current' || phase.state === 'stopped');
  return (
    <li className="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-2 border-t border-line py-2 first:border-t-0 sm:grid-cols-[1.25rem_minmax(0,13rem)_minmax(0,1fr)_auto]">
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
      <span className="col-start-2 flex items-center sm:col-start-auto sm:px-3" aria-hidden="true">
        <progress className={look.bar} max={phase.deadlineSeconds} value={fixed ? Math.max(1, seconds) : 0} />
      </span>
      <span className="col-start-2 text-sm whitespace-nowrap text-muted sm:col-start-auto sm:text-end">
        <span className="font-medium text-ink tabular-nums">
          {fixed ? formatDuration(seconds, language) : deployments.notYet}
        </span>
        {' · '}
        {deployments.limit(formatDuration(phase.deadlineSeconds, language))}
      </span>
    </li>
  );
}
