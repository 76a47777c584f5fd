import { expect, test } from 'vitest';
import { JOIN_PATIENCE_MS } from '../../src/wire/audience-events.ts';
import { type JoinLook, JoinWatch } from './joins.ts';

const IDLE: JoinLook = {
  ...{ state: 'idle', reconnects: 0, rebuilt: 0, received: false, full: false, online: true },
};

/** A page whose player is looked at once a second; `steps` are what changes, with how long it lasts in seconds. */
function watch(...steps: readonly (readonly [number, Partial<JoinLook>])[]): string[] {
  const told: string[] = [];
  let keys = 0;
  const joins = new JoinWatch(
    (event) => told.push(event.join(' ')),
    () => `key${++keys}`,
  );
  let now = 0;
  let seen = IDLE;
  for (const [seconds, change] of steps) {
    seen = { ...seen, ...change };
    for (let n = 0; n < Math.max(1, seconds); n++, now += 1_000) joins.look(now, seen);
  }
  joins.leave();
  return told;
}

test('an attempt that is heard within half a minute is a success, once', () => {
  expect(watch([5, {}], [2, { state: 'connecting' }], [100, { state: 'playing', received: true }])).toEqual([
    'attempt key1',
    'success key1 2000',
  ]);
  // Sound that was there at once.
  expect(watch([1, { state: 'playing' }])).toEqual(['attempt key1', 'success key1 0']);
});

test('what the player does by itself is no attempt', () => {
  const playing = { state: 'playing', received: true } as const;
  expect(
    watch(
      [1, { state: 'connecting' }],
      [9, playing],
      [3, { state: 'reconnecting', reconnects: 1 }],
      [9, playing],
    ),
  ).toEqual(['attempt key1', 'success key1 1000']);
  expect(
    watch(
      [2, { state: 'connecting' }],
      [2, { reconnects: 1 }],
      [2, { state: 'reconnecting', reconnects: 3 }],
      [9, playing],
    ),
  ).toEqual(['attempt key1', 'retry key1 1', 'retry key1 2', 'retry key1 3', 'success key1 6000']);
});

test('pressing Listen again is another attempt', () => {
  const told = watch(
    [1, { state: 'connecting' }],
    [9, { state: 'playing' }],
    [1, { state: 'idle' }],
    [1, { state: 'connecting' }],
    [9, { state: 'playing' }],
  );
  expect(told).toEqual(['attempt key1', 'success key1 1000', 'attempt key2', 'success key2 1000']);
});

test('each failure has its reason', () => {
  const long = JOIN_PATIENCE_MS / 1000 + 2;
  const reason = (...steps: readonly (readonly [number, Partial<JoinLook>])[]) =>
    watch([1, { state: 'connecting' }], ...steps).filter((event) => !event.startsWith('retry'));
  expect(reason([1, { state: 'blocked' }])).toEqual(['attempt key1', 'failure key1 blocked']);
  expect(reason([5, { state: 'idle' }])).toEqual(['attempt key1', 'failure key1 abandoned']);
  expect(reason([5, {}])).toEqual(['attempt key1', 'failure key1 abandoned']);
  expect(reason([long, { reconnects: 4 }])).toEqual(['attempt key1', 'failure key1 network']);
  expect(reason([long, { online: false }])).toEqual(['attempt key1', 'failure key1 network']);
  expect(reason([long, { received: true }])).toEqual(['attempt key1', 'failure key1 decode']);
  expect(reason([long, { rebuilt: 3, reconnects: 3 }])).toEqual(['attempt key1', 'failure key1 decode']);
  expect(reason([long, { full: true, reconnects: 9 }])).toEqual(['attempt key1', 'failure key1 capacity']);
  expect(reason([long, {}])).toEqual(['attempt key1', 'failure key1 unknown']);
  expect(reason([1, { state: 'ended' }])).toEqual(['attempt key1', 'failure key1 unknown']);
});

test('sound that comes after half a minute does not undo the failure', () => {
  const told = watch(
    [JOIN_PATIENCE_MS / 1000 + 2, { state: 'connecting', reconnects: 0 }],
    [9, { state: 'playing' }],
  );
  expect(told).toEqual(['attempt key1', 'failure key1 unknown']);
});

test('a tap after the browser asked for one is another attempt', () => {
  const told = watch(
    [1, { state: 'connecting' }],
    [5, { state: 'blocked' }],
    [1, { state: 'connecting' }],
    [5, { state: 'playing' }],
  );
  expect(told).toEqual(['attempt key1', 'failure key1 blocked', 'attempt key2', 'success key2 1000']);
});
