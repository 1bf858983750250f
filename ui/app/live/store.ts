import type { DeploymentRow } from '../../../api/contract/deployments.ts';
import type { Connection, StreamMessage, Topic } from './messages.ts';

/** A change as pages hear of it. `resync`: something may have been missed; read again. */
export interface Change {
  readonly topic: Topic | 'resync';
  /** Of the deployment or other thing that changed; empty when unknown. */
  readonly id: string;
}

/** What the stream has said so far: the newest row of each deployment, and whether it still speaks. */
export interface LiveStore {
  readonly hear: (message: StreamMessage) => void;
  readonly rowOf: (id: string) => DeploymentRow | undefined;
  readonly rows: () => ReadonlyMap<string, DeploymentRow>;
  readonly connection: () => Connection;
  /** Calls back after every change of what the store holds; for `useSyncExternalStore`. */
  readonly watch: (listener: () => void) => () => void;
  /** Calls back with every change in the service. */
  readonly listen: (listener: (change: Change) => void) => () => void;
}

export function createLiveStore(): LiveStore {
  let rows: ReadonlyMap<string, DeploymentRow> = new Map();
  let connection: Connection = 'connecting';
  const watchers = new Set<() => void>();
  const listeners = new Set<(change: Change) => void>();

  const changed = () => watchers.forEach((watcher) => watcher());
  const say = (change: Change) => listeners.forEach((listener) => listener(change));

  function hearConnection(next: Connection): void {
    if (next === connection) return;
    connection = next;
    changed();
    // Also the first time: a change may have come between the server's rendering and this subscription.
    if (next === 'live') say({ topic: 'resync', id: '' });
  }

  function hearEvent(topic: Topic, data: string): void {
    const body: unknown = data === '' ? {} : JSON.parse(data);
    if (topic === 'reset') {
      // Rows from before may be of a service that was restored from a backup.
      rows = new Map();
      changed();
      say({ topic: 'resync', id: '' });
      return;
    }
    if (topic === 'deployment' && isRow(body)) {
      const known = rows.get(body.id);
      if (known !== undefined && known.version >= body.version) return;
      rows = new Map(rows).set(body.id, body);
      changed();
    }
    say({ topic, id: idOf(body) });
  }

  return {
    hear: (message) =>
      message.kind === 'connection' ? hearConnection(message.connection) : hearEvent(message.topic, message.data),
    rowOf: (id) => rows.get(id),
    rows: () => rows,
    connection: () => connection,
    watch(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The service wrote it and tests hold it to the contract; here only what patching itself relies on is looked at. */
function isRow(body: unknown): body is DeploymentRow {
  return (
    typeof body === 'object' &&
    body !== null &&
    'id' in body &&
    typeof body.id === 'string' &&
    'version' in body &&
    typeof body.version === 'number'
  );
}

function idOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  if ('deploymentId' in body && typeof body.deploymentId === 'string') return body.deploymentId;
  return 'id' in body && typeof body.id === 'string' ? body.id : '';
}
