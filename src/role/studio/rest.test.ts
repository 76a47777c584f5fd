import { expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../../test/clock.ts';
import { ms } from '../../base/time.ts';
import { openRest, type Rest } from './rest.ts';

const AFTER = ms(30_000);

function room(failing = 0): {
  clock: ManualClock;
  rest: Rest;
  did: string[];
  failed: unknown[];
  need(on: boolean): void;
  finish(): Promise<void>;
} {
  const clock = manualClock();
  const did: string[] = [];
  const failed: unknown[] = [];
  let needed = false;
  let under: PromiseWithResolvers<void> | undefined;
  let left = failing;
  const change = (what: string) => (): Promise<void> => {
    did.push(what);
    if (left-- > 0) return Promise.reject(new Error('no encoder'));
    under = Promise.withResolvers<void>();
    return under.promise;
  };
  const rest = openRest({
    ...{ clock, after: AFTER, needed: () => needed, failed: (error) => failed.push(error) },
    ...{ wake: change('wake'), sleep: change('sleep') },
  });
  clock.every(ms(1000), () => rest.look());
  return {
    ...{ clock, rest, did, failed },
    need(on) {
      needed = on;
    },
    async finish() {
      under?.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test('a room that nothing needs rests after half a minute, and is awake at once when something does', async () => {
  const { clock, rest, did, need, finish } = room();
  need(true);
  clock.advance(300_000);
  need(false);
  clock.advance(29_000);
  expect(did).toEqual([]);
  clock.advance(2_000);
  expect(did).toEqual(['sleep']);
  expect(rest.resting).toBe(false);
  await finish();
  expect(rest.resting).toBe(true);
  clock.advance(3_600_000);
  expect(did).toEqual(['sleep']);
  need(true);
  rest.look();
  expect(did).toEqual(['sleep', 'wake']);
  await finish();
  expect(rest.resting).toBe(false);
  need(false);
  clock.advance(29_000);
  expect(did).toHaveLength(2);
});

test('a need that arises while the room goes to rest wakes it as soon as it rests', async () => {
  const { clock, did, need, finish } = room();
  clock.advance(31_000);
  need(true);
  clock.advance(1_000);
  expect(did).toEqual(['sleep']);
  await finish();
  expect(did).toEqual(['sleep', 'wake']);
});

test('a change that fails is reported and retried', async () => {
  const { clock, rest, did, failed, finish } = room(1);
  clock.advance(30_000);
  await finish();
  expect(failed).toHaveLength(1);
  expect(rest.resting).toBe(false);
  clock.advance(1_000);
  await finish();
  expect(did).toEqual(['sleep', 'sleep']);
  expect(rest.resting).toBe(true);
});

test('nothing changes once it is closed, and a change in progress is waited for', async () => {
  const { clock, rest, did, need, finish } = room();
  clock.advance(30_000);
  const closed = rest.close();
  need(true);
  await finish();
  await closed;
  clock.advance(60_000);
  expect(did).toEqual(['sleep']);
});
