import { Router } from 'express';
import type { Request, Response } from 'express';
import { changesAfter, compareCursors, currentCursor, isTooOld, parseCursor } from '../../db/changes.ts';
import type { Cursor } from '../../db/changes.ts';
import { DomainError } from '../../domain/errors.ts';
import { identify } from '../auth/authenticate.ts';
import { identityOf } from '../auth/identity.ts';
import { StreamQuery } from '../contract/access.ts';
import type { ApiDeps } from '../deps.ts';
import { RequestError } from '../problem.ts';
import type { ChangeFeed } from './feed.ts';
import { deliveryOf, placeMark, resetMessage } from './messages.ts';
import type { Delivery } from './messages.ts';

/** Tabs of one person share a stream where the browser can; this leaves room for where it cannot. */
const STREAMS_PER_USER = 12;
const HEARTBEAT_MS = 15_000;
/** A session that ended or a token that was revoked closes its streams within a minute. */
const HEARTBEATS_PER_CHECK = 4;
/** A page that reads so slowly is better off with a fresh start from its last place. */
const BACKLOG_BYTES = 4 * 1024 * 1024;
const AT_ONCE = 1_000;

/** Every open stream of this process, so that a shutdown can end them. */
export type OpenStreams = Set<Response>;

/** `GET /stream`: server-sent events from a place in the order of changes, without a gap. */
export function streamRoutes(
  deps: Pick<ApiDeps, 'pool' | 'publicUrl' | 'apiToken' | 'log'>,
  feed: ChangeFeed,
  open: OpenStreams,
): Router {
  const router = Router();
  const perUser = new Map<string, number>();

  router.get('/stream', async (req, res) => {
    const after = placeAsked(req);
    const { name } = identityOf(res);
    const streams = perUser.get(name) ?? 0;
    if (streams >= STREAMS_PER_USER)
      throw new DomainError('too-many-tries', `You have ${STREAMS_PER_USER} live views open. Close one of them.`);

    res.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      // `no-transform` keeps proxies and our own compression from holding events back.
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    if (req.method === 'HEAD') {
      res.end();
      return;
    }
    perUser.set(name, streams + 1);
    open.add(res);
    const beat = heartbeat(deps, req, res);
    res.once('close', () => {
      clearInterval(beat);
      open.delete(res);
      const left = (perUser.get(name) ?? 1) - 1;
      if (left === 0) perUser.delete(name);
      else perUser.set(name, left);
    });
    res.write('retry: 1000\n\n');
    try {
      await follow(deps.pool, feed, res, after);
    } catch (error) {
      // The headers are out, so a problem cannot be told; the page comes back to the same place by itself.
      deps.log.warn({ err: error }, 'a live stream was cut off');
      res.end();
    }
  });

  return router;
}

/** Tells what happened since `after`, then what happens. Resolves when the past is told. */
async function follow(
  pool: ApiDeps['pool'],
  feed: ChangeFeed,
  res: Response,
  after: Cursor | undefined,
): Promise<void> {
  const meanwhile: Delivery[] = [];
  let live = false;
  const unsubscribe = await feed.subscribe((delivery) => {
    if (live) send(res, delivery.text);
    else meanwhile.push(delivery);
  });
  res.once('close', unsubscribe);
  // The page may have gone while we waited, before anybody listened for it.
  if (res.destroyed) unsubscribe();

  let place = await startOf(pool, res, after);
  for (;;) {
    const { changes } = await changesAfter(pool, place, AT_ONCE);
    const delivery = await deliveryOf(pool, changes);
    if (delivery === undefined || res.destroyed) break;
    send(res, delivery.text);
    place = delivery.upTo;
  }
  for (const delivery of meanwhile) if (compareCursors(delivery.upTo, place) > 0) send(res, delivery.text);
  live = true;
}

/** Where the telling begins: where the page left off, unless that is forgotten; then it has to read everything again. */
async function startOf(pool: ApiDeps['pool'], res: Response, after: Cursor | undefined): Promise<Cursor> {
  if (after !== undefined && !(await isTooOld(pool, after))) return after;
  const now = await currentCursor(pool);
  send(res, after === undefined ? placeMark(now) : resetMessage(now));
  return now;
}

function placeAsked(req: Request): Cursor | undefined {
  const { after } = StreamQuery.parse(req.query);
  // A browser that reconnects repeats the address with the old place, but knows a newer one.
  const text = req.get('last-event-id') ?? after;
  if (text === undefined || text === '') return undefined;
  const cursor = parseCursor(text);
  if (cursor === undefined) throw new RequestError(400, 'This place in the stream cannot be read.');
  return cursor;
}

function heartbeat(
  deps: Pick<ApiDeps, 'pool' | 'publicUrl' | 'apiToken' | 'log'>,
  req: Request,
  res: Response,
): NodeJS.Timeout {
  let beats = 0;
  return setInterval(() => {
    send(res, ': still here\n\n');
    beats += 1;
    if (beats % HEARTBEATS_PER_CHECK !== 0) return;
    identify(deps, req).then(
      (identity) => {
        if (identity === undefined) res.end();
      },
      // With the database away nobody can be asked; the stream has nothing to tell then either.
      (error: unknown) => deps.log.debug({ err: error }, 'a session could not be checked again'),
    );
  }, HEARTBEAT_MS);
}

function send(res: Response, text: string): void {
  if (res.destroyed || res.writableEnded) return;
  if (res.writableLength > BACKLOG_BYTES) res.destroy();
  else res.write(text);
}
