import type { StreamMessage } from './messages.ts';
import { openStream } from './source.ts';
import workerUrl from './stream-worker.ts?sharedworker&url';

/** Joins the browser's one stream; where there are no shared workers, opens one of its own. Returns how to leave. */
export function subscribeToStream(tell: (message: StreamMessage) => void): () => void {
  if (typeof SharedWorker === 'undefined') {
    const stream = openStream(tell);
    return () => stream.close();
  }
  const { port } = new SharedWorker(workerUrl, { type: 'module', name: 'octofleet-stream' });
  const hello = () => port.postMessage('hello');
  const bye = () => port.postMessage('bye');
  // A page in the back-forward cache must not keep the stream open, and joins again when it is shown.
  const shown = (event: PageTransitionEvent) => {
    if (event.persisted) hello();
  };
  port.onmessage = ({ data }: MessageEvent<StreamMessage>) => tell(data);
  addEventListener('pagehide', bye);
  addEventListener('pageshow', shown);
  hello();
  return () => {
    removeEventListener('pagehide', bye);
    removeEventListener('pageshow', shown);
    bye();
    port.close();
  };
}
