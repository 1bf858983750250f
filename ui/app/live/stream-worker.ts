/*
 * Runs once per browser, whatever the number of tabs: browsers allow six connections to a host over HTTP/1.1, and a
 * stream per tab would use them up. Each tab says hello when it shows and bye when it goes.
 */
import type { Connection, StreamMessage } from './messages.ts';
import { openStream } from './source.ts';

const tabs = new Set<MessagePort>();
let connection: Connection = 'connecting';
let stream: ReturnType<typeof openStream> | undefined;

function tellAll(message: StreamMessage): void {
  if (message.kind === 'connection') connection = message.connection;
  for (const tab of tabs) tab.postMessage(message);
}

function welcome(tab: MessagePort): void {
  tabs.add(tab);
  stream ??= openStream(tellAll);
  tab.postMessage({ kind: 'connection', connection } satisfies StreamMessage);
}

function farewell(tab: MessagePort): void {
  tabs.delete(tab);
  if (tabs.size > 0) return;
  stream?.close();
  stream = undefined;
  connection = 'connecting';
}

addEventListener('connect', (event) => {
  const tab = event instanceof MessageEvent ? event.ports[0] : undefined;
  if (tab === undefined) return;
  tab.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data === 'hello') welcome(tab);
    else farewell(tab);
  };
});
