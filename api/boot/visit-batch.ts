import type { Mac } from '../../domain/identity.ts';
import type { Visit } from '../../db/visits.ts';
import type { Log } from '../log.ts';

/** Visits wait in memory, at most one per machine and at most this many machines; the rest is forgotten, not queued. */
const LIMIT = 5_000;
const PAUSE_MS = 500;
const PAUSE_AFTER_FAILURE_MS = 5_000;
/** Then what waits is given up, so that no visit can keep all others from being written. */
const TRIES = 12;

export interface VisitBatch {
  /** Returns at once. A visit is a trace for people; no answer waits for it and none fails with it. */
  add(visit: Visit): void;
  /** Writes what waits now, for a process that is about to end. */
  flush(): Promise<void>;
}

/** Collects visits and writes them together, so that a hall of machines that boots at once costs a few statements. */
export function createVisitBatch({
  record,
  log,
}: {
  readonly record: (visits: readonly Visit[]) => Promise<void>;
  readonly log: Log;
}): VisitBatch {
  let waiting = new Map<Mac, Visit>();
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;

  const schedule = (ms: number): void => {
    timer ??= setTimeout(() => void flush(), ms).unref();
  };

  const keepUnlessNewer = (visits: readonly Visit[]): void => {
    for (const visit of visits) if (waiting.size < LIMIT && !waiting.has(visit.mac)) waiting.set(visit.mac, visit);
  };

  const write = async (): Promise<void> => {
    const visits = [...waiting.values()];
    waiting = new Map();
    try {
      await record(visits);
      failures = 0;
      if (waiting.size > 0) schedule(PAUSE_MS);
    } catch (error) {
      log.warn({ err: error, visits: visits.length }, 'boot visits could not be written');
      failures = (failures + 1) % TRIES;
      if (failures > 0) keepUnlessNewer(visits);
      if (waiting.size > 0) schedule(PAUSE_AFTER_FAILURE_MS);
    }
  };

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    await writing;
    if (waiting.size === 0) return;
    writing = write();
    await writing;
    writing = undefined;
  };

  return {
    add: (visit) => {
      if (waiting.size >= LIMIT && !waiting.has(visit.mac)) return;
      waiting.set(visit.mac, visit);
      if (writing === undefined) schedule(PAUSE_MS);
    },
    flush,
  };
}
