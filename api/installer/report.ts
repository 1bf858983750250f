import type { InstallerReport } from '../../db/installer.ts';
import type { Fact } from '../../domain/report.ts';
import { wholePercent } from '../../domain/progress.ts';
import type { InstallerEvent } from '../contract/machine.ts';

/** What an installer's event means: a fact for the workflow, progress for the page, a line for the timeline. */
export function reportOf(event: InstallerEvent): InstallerReport {
  const { seq, step, status, percent, reason, message = '' } = event;
  return {
    key: `seq:${seq}`,
    body: event,
    fact: factOf(event),
    isProgress: status === 'progress',
    step,
    percent: status === 'failed' ? undefined : wholePercent({ step, percent }),
    // Bare progress is a number on the page; a line for each would bury the ones that matter.
    line:
      status === 'progress' && message === ''
        ? null
        : {
            kind: 'installer.step',
            level: status === 'failed' ? 'error' : 'info',
            step,
            message: [reason, message].filter((part) => part !== undefined && part !== '').join(': '),
            data: { status, ...(percent === undefined ? {} : { percent }) },
          },
  };
}

function factOf({ step, status }: InstallerEvent): Fact | null {
  if (status === 'failed') return 'failed';
  return step === 'installed' && status === 'done' ? 'installed' : null;
}
