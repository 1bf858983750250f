import type { BootFacts } from '../../db/boot.ts';
import { startsFromDisk } from '../../domain/boot-decision.ts';
import type { BootAnswer } from '../../domain/boot-decision.ts';
import type { Mac } from '../../domain/identity.ts';

type DiskBoot = Pick<BootFacts, 'grubLocalboot' | 'family'>;

/** What is left of an answer for the time when the database is away. */
export interface LastAnswer extends DiskBoot {
  /** The machine was told to start from its own disk, which is right to say again. */
  readonly safe: boolean;
}

/** As many machines as one process remembers; the one that was not seen for the longest time is forgotten first. */
const LIMIT = 50_000;

export interface LastAnswers {
  remember(mac: Mac, answer: BootAnswer, disk: DiskBoot): void;
  of(mac: Mac): LastAnswer | undefined;
  /** The file that starts a disk under UEFI, as any machine was last told. */
  grubLocalboot(): DiskBoot['grubLocalboot'];
}

export function createLastAnswers(limit = LIMIT): LastAnswers {
  const answers = new Map<Mac, LastAnswer>();
  let grub: DiskBoot['grubLocalboot'] = null;
  return {
    remember: (mac, answer, { grubLocalboot, family }) => {
      answers.delete(mac);
      answers.set(mac, {
        safe: startsFromDisk(answer),
        grubLocalboot,
        family,
      });
      grub = grubLocalboot ?? grub;
      const oldest = answers.size > limit ? answers.keys().next().value : undefined;
      if (oldest !== undefined) answers.delete(oldest);
    },
    of: (mac) => answers.get(mac),
    grubLocalboot: () => grub,
  };
}
