import { createContext, useCallback, useContext, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { ReactElement, ReactNode } from 'react';
import type { DeploymentRow } from '../../../api/contract/deployments.ts';
import { useRevalidator } from '../kit/nav.tsx';
import type { Connection } from './messages.ts';
import { createLiveStore } from './store.ts';
import type { Change, LiveStore } from './store.ts';
import { subscribeToStream } from './subscribe.ts';
import { throttle } from './throttle.ts';

interface Live {
  readonly store: LiveStore;
  readonly announce: (text: string) => void;
}

const LiveContext = createContext<Live | undefined>(undefined);

/** Screen readers hear at most one message in this time. */
const ANNOUNCE_EVERY_MS = 5_000;
/** A page reads its data again at most this often. */
const REFRESH_EVERY_MS = 700;

/** Joins the stream for all pages below, and owns the one polite status region. */
export function LiveProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const [store] = useState(createLiveStore);
  const [announced, setAnnounced] = useState('');
  const pending = useRef('');
  const speaker = useRef<ReturnType<typeof throttle>>();
  speaker.current ??= throttle(() => setAnnounced(pending.current), ANNOUNCE_EVERY_MS);

  useEffect(() => subscribeToStream(store.hear), [store]);
  const announce = useCallback((text: string) => {
    pending.current = text;
    speaker.current?.ask();
  }, []);

  return (
    <LiveContext.Provider value={{ store, announce }}>
      {children}
      <p role="status" aria-live="polite" className="sr-only">
        {announced}
      </p>
    </LiveContext.Provider>
  );
}

function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === undefined) throw new Error('a live page stands inside LiveProvider');
  return live;
}

const connecting = (): Connection => 'connecting';

export function useConnection(): Connection {
  const { store } = useLive();
  return useSyncExternalStore(store.watch, store.connection, connecting);
}

const NO_ROWS: ReadonlyMap<string, DeploymentRow> = new Map();
const noRows = () => NO_ROWS;

/** Every row that the stream has told of since the page was opened. */
export function useLiveRows(): ReadonlyMap<string, DeploymentRow> {
  const { store } = useLive();
  return useSyncExternalStore(store.watch, store.rows, noRows);
}

/** The newer of what the loader read and what the stream said. */
export function newerRow<Row extends DeploymentRow>(loaded: Row, live: DeploymentRow | undefined): Row {
  return live !== undefined && live.version > loaded.version ? { ...loaded, ...live } : loaded;
}

export function useAnnounce(): (text: string) => void {
  return useLive().announce;
}

/** Reads the page's data again when a change that matters to it is heard. */
export function useRefreshOn(matters: (change: Change) => boolean): void {
  const { store } = useLive();
  const { revalidate } = useRevalidator();
  const latest = useRef({ matters, revalidate });
  latest.current = { matters, revalidate };
  useEffect(() => {
    const refresh = throttle(() => latest.current.revalidate(), REFRESH_EVERY_MS);
    const leave = store.listen((change) => {
      if (change.topic === 'resync' || latest.current.matters(change)) refresh.ask();
    });
    return () => {
      leave();
      refresh.stop();
    };
  }, [store]);
}
