import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { FRAGMENT_MS } from '../../base/time.ts';
import type { CrowdOrder } from '../order/order.ts';
import { SecondCounter } from '../order/second.ts';
import type { Crew } from './person.ts';
import { StreamListener } from './stream-listener.ts';

/** A listener of a door that makes these `writes`: the time of each in ms, and its number of fragments. */
function listen(notices: ReadonlyMap<number, { period: number; in: number }>, writes: readonly number[]) {
  const clock = manualClock();
  const counter = new SecondCounter();
  const crew: Crew = {
    ...{ clock, counter },
    order: { slug: 'room', codec: 'opus', address: { name: 'door' } } as CrowdOrder,
    dialler: { dial: () => ({ write() {}, destroyed: true }) as unknown as Socket },
    random: () => 0.5,
    lateness: () => 0,
  };
  const listener = new StreamListener(crew, undefined, 0);
  listener.opened();
  listener.head(200, '\r\nearshot-period: 320\r\nearshot-next: 320\r\n');
  listener.sound();
  let seq = 0;
  const write = (fragments: number): void => {
    for (let i = 0; i < fragments; i++) listener.fragment(seq++);
  };
  write(2);
  let before = 0;
  for (let now = 10; now <= (writes.at(-1) ?? 0); now += 10) {
    clock.advance(10);
    if (now % 50 === 0) listener.sweep(now);
    const notice = notices.get(now);
    if (notice) listener.notice(notice);
    if (!writes.includes(now)) continue;
    write(Math.round((now - before) / FRAGMENT_MS));
    before = now;
  }
  return {
    stalls: counter.take(0, undefined as never).counts.stalls ?? 0,
    where: listener.where(clock.now()),
  };
}

const every = (period: number, from: number, to: number): number[] =>
  Array.from({ length: Math.floor((to - from) / period) }, (_, i) => from + (i + 1) * period);
const CHANGE = 122 * FRAGMENT_MS;
const WRITES = [...every(FRAGMENT_MS, 0, CHANGE), ...every(2560, CHANGE, CHANGE + 30_000)];

test('notified of two longer write periods one after the other, a listener buffers for both and never runs dry', () => {
  const told = new Map([
    [3000, { period: 1280, in: 24_000 }],
    [6000, { period: 2560, in: 33_000 }],
  ]);
  expect(listen(told, WRITES)).toEqual({ stalls: 0, where: 'hearing' });
});

test('without a notice, it runs dry when writes come further apart', () => {
  expect(listen(new Map(), WRITES).stalls).toBeGreaterThan(0);
});
