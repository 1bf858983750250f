import { setTimeout as sleep } from 'node:timers/promises';

/** How a simulated machine passes time: its seconds may be shorter than ours. */
export interface Clock {
  /** Resolves after so many of the machine's seconds; rejects with the signal's reason when the machine is switched off. */
  wait(seconds: number): Promise<void>;
  /** Our own milliseconds: a service that is away stays away just as long, however fast the machine lives. */
  pause(milliseconds: number): Promise<void>;
  readonly signal: AbortSignal;
}

/** `speed` 10: ten of the machine's seconds pass in one of ours. */
export function clockAt(speed: number, signal: AbortSignal): Clock {
  if (!(speed > 0)) throw new RangeError('a machine needs a speed above zero');
  const pause = async (milliseconds: number): Promise<void> => await sleep(milliseconds, undefined, { signal });
  return { signal, pause, wait: async (seconds) => await pause((seconds * 1000) / speed) };
}
