import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Change } from './store.ts';
import { createLiveStore } from './store.ts';
import { throttle } from './throttle.ts';

const row = (id: string, version: number) => JSON.stringify({ id, version, hostName: `host-${version}` });

function heard() {
  const store = createLiveStore();
  const changes: Change[] = [];
  store.listen((change) => changes.push(change));
  const event = (topic: 'deployment' | 'activity' | 'removed' | 'reset' | 'machine', data: string) =>
    store.hear({ kind: 'event', topic, data });
  return { store, changes, event };
}

describe('the live store', () => {
  it('keeps the newest row of a deployment, whatever the order of arrival', () => {
    const { store, event, changes } = heard();
    event('deployment', row('a', 2));
    event('deployment', row('a', 1));
    event('deployment', row('a', 2));
    expect(store.rowOf('a')?.hostName).toBe('host-2');
    expect(changes).toEqual([{ topic: 'deployment', id: 'a' }]);
  });

  it('passes on what it does not keep', () => {
    const { event, changes } = heard();
    event('activity', '{"deploymentId":"a"}');
    event('machine', '{"id":"m"}');
    event('removed', '{"topic":"deployment","id":"a"}');
    expect(changes).toEqual([
      { topic: 'activity', id: 'a' },
      { topic: 'machine', id: 'm' },
      { topic: 'removed', id: 'a' },
    ]);
  });

  it('forgets its rows on a reset and asks for everything again', () => {
    const { store, event, changes } = heard();
    event('deployment', row('a', 9));
    event('reset', '');
    expect(store.rowOf('a')).toBeUndefined();
    expect(changes.at(-1)).toEqual({ topic: 'resync', id: '' });
    event('deployment', row('a', 3));
    expect(store.rowOf('a')?.version).toBe(3);
  });

  it('asks for everything again whenever the connection comes up', () => {
    const { store, changes } = heard();
    store.hear({ kind: 'connection', connection: 'live' });
    store.hear({ kind: 'connection', connection: 'live' });
    store.hear({ kind: 'connection', connection: 'offline' });
    store.hear({ kind: 'connection', connection: 'live' });
    expect(changes).toEqual([
      { topic: 'resync', id: '' },
      { topic: 'resync', id: '' },
    ]);
  });

  it('tells no watcher that has left', () => {
    const { store, event } = heard();
    const watcher = vi.fn();
    store.watch(watcher)();
    event('deployment', row('a', 1));
    expect(watcher).not.toHaveBeenCalled();
  });
});

describe('a throttle', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('runs at once, then once for all wishes of a pause', () => {
    const run = vi.fn();
    const { ask } = throttle(run, 500);
    ask();
    expect(run).toHaveBeenCalledTimes(1);
    ask();
    ask();
    vi.advanceTimersByTime(499);
    expect(run).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(5_000);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('runs no more once it is stopped', () => {
    const run = vi.fn();
    const { ask, stop } = throttle(run, 500);
    ask();
    ask();
    stop();
    vi.advanceTimersByTime(5_000);
    expect(run).toHaveBeenCalledTimes(1);
  });
});
