/** Is the page told of changes right now? */
export type Connection = 'connecting' | 'live' | 'offline';

/** What the stream says, on its way from the shared worker to a page. */
export type StreamMessage =
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'event'; readonly topic: Topic; readonly data: string };

export const TOPICS = ['deployment', 'activity', 'machine', 'image', 'template', 'system', 'removed', 'reset'] as const;
export type Topic = (typeof TOPICS)[number];
