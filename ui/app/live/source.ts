import { TOPICS } from './messages.ts';
import type { StreamMessage } from './messages.ts';

const STREAM = '/api/v1/stream';
const RETRY_MS = 3_000;

/**
 * One connection to the service's stream, kept up for as long as it is wanted. The browser itself reconnects after a
 * break; after a refusal (service starting, session over) it gives up, so we ask again with the cursor we had.
 */
export function openStream(tell: (message: StreamMessage) => void): { readonly close: () => void } {
  let cursor = '';
  let retry: ReturnType<typeof setTimeout> | undefined;
  let source = connect();

  function connect(): EventSource {
    const stream = new EventSource(cursor === '' ? STREAM : `${STREAM}?after=${encodeURIComponent(cursor)}`);
    stream.onopen = () => tell({ kind: 'connection', connection: 'live' });
    stream.onerror = () => {
      tell({ kind: 'connection', connection: 'offline' });
      if (stream.readyState !== EventSource.CLOSED) return;
      retry = setTimeout(() => {
        source = connect();
      }, RETRY_MS);
    };
    for (const topic of TOPICS)
      stream.addEventListener(topic, (event: MessageEvent<string>) => {
        cursor = event.lastEventId === '' ? cursor : event.lastEventId;
        tell({ kind: 'event', topic, data: event.data });
      });
    return stream;
  }

  return {
    close() {
      clearTimeout(retry);
      source.close();
    },
  };
}
