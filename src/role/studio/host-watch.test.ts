import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import type { HostGone } from '../../wire/room.ts';
import { type HostSight, HostWatch } from './host-watch.ts';

const bea = { id: 'bea', name: 'Bea' };
const cem = { id: 'cem', name: 'Cem' };
const on = (...people: (typeof bea)[]) => people.map((one) => ({ ...one, connected: true }));

function watched(known?: HostGone) {
  const clock = manualClock();
  const watch = new HostWatch(known);
  let sight: Omit<HostSight, 'now' | 'wall'> = { begun: true, here: false, coHosts: [] };
  return {
    clock,
    watch,
    /** Sees something else, and whether that is news after `by` ms. */
    after(by: number, change: Partial<HostSight> = {}): boolean {
      clock.advance(by);
      sight = { ...sight, ...change };
      return watch.look({ ...sight, now: clock.now(), wall: clock.wall() });
    },
  };
}

test('a host who is back within ten seconds was never gone', () => {
  const { watch, after } = watched();
  after(0, { here: true });
  expect([after(100, { here: false }), after(9_999), watch.gone]).toEqual([false, false, undefined]);
  expect(after(1, { here: true })).toBe(false);
  // The next time counts from its own beginning.
  expect([after(5_000, { here: false }), after(9_999), watch.gone]).toEqual([false, false, undefined]);
});

test('after ten seconds the co-host who came first stands in, from when the connection ended', () => {
  const { clock, watch, after } = watched();
  after(0, { here: true, coHosts: on(bea, cem) });
  after(1_000, { here: false });
  const since = clock.wall();
  expect(after(10_000)).toBe(true);
  expect(watch.gone).toEqual({ since, to: bea });
  expect(after(60_000)).toBe(false);
});

test('with nobody left the room waits for whoever comes first, and the host gets it back', () => {
  const { clock, watch, after } = watched();
  after(0, { here: true });
  after(1, { here: false });
  const since = clock.wall();
  after(10_000);
  expect(watch.gone).toEqual({ since });
  expect(after(3_600_000)).toBe(false);
  expect(after(1, { coHosts: on(cem) })).toBe(true);
  expect(watch.gone).toEqual({ since, to: cem });
  // Whoever stands in goes on when another co-host comes; the next one takes over when they leave.
  expect(after(1, { coHosts: on(bea, cem) })).toBe(false);
  expect(after(1, { coHosts: on(bea) })).toBe(true);
  expect(watch.gone).toEqual({ since, to: bea });
  // Their connection flickers, and nobody else is there.
  expect(after(1, { coHosts: [{ ...bea, connected: false }] })).toBe(false);
  expect(after(1, { coHosts: [{ ...bea, connected: false }, ...on(cem)] })).toBe(true);
  expect(watch.gone).toEqual({ since, to: cem });
  expect(after(1, { here: true })).toBe(true);
  expect(watch.gone).toBeUndefined();
});

test('nobody stands in before the conversation begins, for a host who never came, or after the room ends', () => {
  const early = watched();
  early.after(0, { here: true, begun: false, coHosts: on(bea) });
  expect(early.after(60_000, { here: false })).toBe(false);
  const never = watched();
  expect(never.after(60_000, { coHosts: on(bea) })).toBe(false);
  expect(never.after(60_000)).toBe(false);
});

test('a studio process that starts again knows who stands in', () => {
  const { watch, after } = watched({ since: 5, to: bea });
  expect(watch.gone).toEqual({ since: 5, to: bea });
  expect(after(0, { coHosts: on(bea) })).toBe(false);
  expect(after(0, { coHosts: on(cem) })).toBe(true);
  expect(watch.gone).toEqual({ since: 5, to: cem });
  expect(after(0, { here: true })).toBe(true);
  expect(watch.gone).toBeUndefined();
});
