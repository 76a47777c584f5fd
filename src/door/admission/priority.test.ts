import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { COST, Share, waterLevel } from '../network/fair-share.ts';
import { COHORTS } from './class-limit.ts';
import { openQueueing } from './event-loop-wait.ts';
import { type Priority, priorityOf, type RequestFacts } from './priority.ts';
import { cohortOf, PriorityCutoff, WINDOW_MS } from './priority-cutoff.ts';

const of = (target: string, more: Partial<RequestFacts> = {}): Priority => {
  const [path = '/'] = target.split('?');
  return priorityOf({ method: 'GET', path, ...more });
};

test('requests are sorted by urgency, and anything unsigned counts for nothing', () => {
  expect(of('/healthz')).toBe(0);
  expect(of('/r/a/whip', { method: 'POST', holds: 'stage' })).toBe(0);
  expect(of('/r/a/whip', { method: 'POST' })).toBe(3);
  // Anybody can open a room and have a host's token: it must not make a flood of edits as urgent as a microphone.
  expect(of('/api/rooms/a/live', { method: 'POST', holds: 'stage' })).toBe(3);
  expect(of('/api/rooms/a', { method: 'PATCH', holds: 'stage' })).toBe(3);
  expect(of('/r/a/backstage', { holds: 'stage' })).toBe(0);
  // Who has listened before is told by a proof, when the stream is joined.
  expect(of('/r/a/stream?codec=opus&after=12')).toBe(3);
  expect(of('/r/a/live/opus64/3.m4s')).toBe(1);
  expect(of('/r/a/stream', { holds: 'ticket' })).toBe(2);
  expect(of('/_/listen-1.js')).toBe(2);
  expect(of('/r/a/studio')).toBe(2);
  expect(of('/r/a/stream')).toBe(3);
  expect(of('/r/a/stream?lafter=1')).toBe(3);
  expect(of('/r/a/radio.mp3')).toBe(3);
  expect(of('/r/a/live/main.m3u8')).toBe(3);
  expect(of('/r/a')).toBe(3);
  expect(of('/r/a/ticket', { method: 'POST' })).toBe(3);
  expect(of('/')).toBe(5);
  expect(of('/api/rooms')).toBe(5);
  expect(of('/r/a/state.json')).toBe(5);
  expect(of('/r/a/replay/main.m3u8')).toBe(5);
  expect(of('/r/a', { purpose: 'prefetch;prerender' })).toBe(6);
  expect(of('/r/a', { agent: 'Mozilla/5.0 (compatible; Googlebot/2.1)' })).toBe(6);
  // A radio that calls itself anything is still somebody who wants to hear.
  expect(of('/r/a/radio.mp3', { agent: 'SomeBot/1' })).toBe(3);
});

test('the wait is half a round of the loop, however rarely it is sampled', () => {
  const clock = manualClock();
  using queueing = openQueueing(clock);
  clock.advance(1000);
  expect(queueing.take()).toBe(0);
  for (let i = 0; i < 10; i += 1) {
    clock.stall(99);
    clock.advance(1);
  }
  expect(queueing.take()).toBeGreaterThan(35);
  clock.advance(1000);
  expect(queueing.take()).toBe(0);
});

test('a water level divides the capacity: small wishes whole, the rest equally', () => {
  expect(waterLevel(Float64Array.of(1, 2, 3), 6)).toBe(Number.POSITIVE_INFINITY);
  expect(waterLevel(Float64Array.of(100, 1, 50, 0), 61)).toBe(30);
  expect(waterLevel(Uint32Array.of(8000, 10, 10), 4020)).toBe(4000);
});

test('without overload nobody is limited: two thousand people behind one address', () => {
  const share = new Share(1);
  const place = share.place('198.51.100');
  for (let i = 0; i < 2000; i += 1) share.opened(place);
  share.turn(1, undefined);
  for (let i = 0; i < 2000; i += 1) expect(share.ask(place, COST.request)).toBe(true);
});

test('under load the network that costs most is cut, and those that ask for little are not', () => {
  const share = new Share(1);
  const loud = share.place('203.0.113');
  const quiet = Array.from({ length: 50 }, (_, i) => share.place(`198.51.${i}`));
  const second = (): { loud: number; quiet: number } => {
    const got = { loud: 0, quiet: 0 };
    for (let i = 0; i < 10_000; i += 1) if (share.ask(loud, COST.request)) got.loud += 1;
    for (const place of quiet)
      for (let i = 0; i < 10; i += 1) if (share.ask(place, COST.request)) got.quiet += 1;
    return got;
  };
  second();
  const capacity = 200_000;
  share.turn(1, capacity);
  const { loud: few, quiet: all } = second();
  expect(all).toBe(500);
  expect(few * COST.request).toBeGreaterThan(0.8 * (capacity - 500 * COST.request));
  expect(few * COST.request).toBeLessThan(1.1 * (capacity - 500 * COST.request));
});

test('idle connections cost too', () => {
  const share = new Share(1);
  const idle = share.place('203.0.113');
  const other = share.place('198.51.100');
  for (let i = 0; i < 20_000; i += 1) share.opened(idle);
  for (let i = 0; i < 100; i += 1) share.ask(other, COST.request);
  share.turn(1, 100_000);
  for (let i = 0; i < 100; i += 1) expect(share.ask(other, COST.request)).toBe(true);
  expect(share.openLevel(10_000)).toBe(10_000);
});

test('a million networks fit the same memory, and the expensive ones are forgotten last', () => {
  const share = new Share(7);
  const dear = share.place('203.0.113');
  for (let i = 0; i < 500; i += 1) share.opened(dear);
  for (let i = 0; i < 1_000_000; i += 1) {
    const place = share.place(`${i % 251}.${(i >> 8) % 256}.${i >> 16}`);
    share.ask(place, 1);
  }
  expect(share.place('203.0.113')).toBe(dear);
  expect(share.openAt(dear)).toBe(500);
});

/** A door that can do `able` requests a second; newcomers from many networks, listeners, crawlers. */
function evening(able: number) {
  const share = new Share(3);
  const admission = new PriorityCutoff(share, 0, () => 0.5);
  let now = 0;
  return {
    admission,
    second(newcomers: number, listeners: number, robots: number) {
      const got = { newcomers: 0, listeners: 0, robots: 0 };
      let served = 0;
      const ask = (priority: Priority, i: number): boolean => {
        const prefix = `10.${i >> 8}.${i & 255}`;
        const admitted = admission.admit(priority, prefix, share.place(prefix), COST.request, 0);
        if (admitted) served += 1;
        return admitted;
      };
      for (let i = 0; i < newcomers; i += 1) if (ask(3, i % 3000)) got.newcomers += 1;
      for (let i = 0; i < listeners; i += 1) if (ask(1, i % 3000)) got.listeners += 1;
      for (let i = 0; i < robots; i += 1) if (ask(6, i % 3000)) got.robots += 1;
      now += WINDOW_MS;
      admission.turn(now, served > able ? 50 : 2);
      return { ...got, served };
    },
  };
}

test('under overload crawlers are deferred first, then newcomers by cohort, listeners never; and everyone is let in again afterwards', () => {
  const { admission, second } = evening(2_000);
  for (let i = 0; i < 60; i += 1) second(3_000, 1_000, 500);
  let served = 0;
  for (let i = 0; i < 20; i += 1) {
    const now = second(3_000, 1_000, 500);
    expect(now.listeners).toBe(1_000);
    expect(now.robots).toBe(0);
    served += now.served / 20;
  }
  // What can be done is done.
  expect(served).toBeGreaterThan(1_800);
  expect(served).toBeLessThan(2_150);
  expect(admission.strained).toBe(true);
  for (let i = 0; i < 150; i += 1) second(200, 1_000, 50);
  expect(second(200, 1_000, 50)).toMatchObject({ newcomers: 200, robots: 50 });
  expect(admission.strained).toBe(false);
});

test('even when nothing helps, speakers and listeners are let in', () => {
  const { second } = evening(0);
  for (let i = 0; i < 300; i += 1) expect(second(1_000, 100, 10).listeners).toBe(100);
  expect(second(1_000, 100, 10).newcomers).toBe(0);
});

test('a door with few requests defers nobody, however slow its machine is', () => {
  const { admission, second } = evening(0);
  for (let i = 0; i < 30; i += 1) expect(second(50, 10, 5)).toMatchObject({ newcomers: 50, robots: 5 });
  expect(admission.strained).toBe(false);
});

test('all requests of one network pass or none does, and each hour the cohorts are dealt again', () => {
  const networks = Array.from({ length: 2_000 }, (_, i) => `10.${i >> 8}.${i & 255}`);
  const sizes = new Uint32Array(COHORTS);
  for (const network of networks) sizes[cohortOf(network, 0)] = (sizes[cohortOf(network, 0)] ?? 0) + 1;
  expect(Math.max(...sizes)).toBeLessThan(45);
  expect(Math.min(...sizes)).toBeGreaterThan(2);
  const moved = networks.filter((network) => cohortOf(network, 0) !== cohortOf(network, 3_600_000));
  expect(moved.length).toBeGreaterThan(1_900);
  expect(cohortOf('a', 1_000)).toBe(cohortOf('a', 3_599_000));
});

test('a few very expensive requests overload a door as well, and only their network pays', () => {
  const share = new Share(1);
  const admission = new PriorityCutoff(share, 0, () => 0.5);
  const [loud, quiet] = [share.place('203.0.1'), share.place('203.0.2')];
  let now = 0;
  let [served, refused] = [0, 0];
  for (let second = 0; second < 10; second += 1) {
    for (let i = 0; i < 5; i += 1) {
      // 200 ms each: the loop stands still nearly all the time.
      if (admission.fetch(loud, COST.request)) {
        share.charge(loud, 200_000);
        served += 1;
      } else refused += 1;
      expect(admission.fetch(quiet, COST.request)).toBe(true);
      expect(admission.admit(3, '203.0.2', quiet, COST.request, 0)).toBe(true);
    }
    now += WINDOW_MS;
    admission.turn(now, served > refused ? 90 : 5);
  }
  expect(refused).toBeGreaterThan(10);
  expect(admission.state.deferred.reduce((a, b) => a + b)).toBe(0);
});

test('many cheap requests are not cut to nothing when something else delays the door', () => {
  const share = new Share(9);
  const admission = new PriorityCutoff(share, 0, () => 0.5);
  const players = Array.from({ length: 500 }, (_, i) => share.place(`10.9.${i}`));
  let now = 0;
  const second = (wait: number): number => {
    let served = 0;
    // 40 ms of a second in all.
    for (let i = 0; i < 4; i += 1)
      for (const place of players) if (admission.fetch(place, COST.file)) served += 1;
    now += WINDOW_MS;
    admission.turn(now, wait);
    return served;
  };
  for (let i = 0; i < 5; i += 1) second(400);
  expect(second(400)).toBeGreaterThan(1_400);
});

test('after a short stall a process with time to spare lets everybody in again within seconds', () => {
  /** Seconds until a network that asks for 400 ms a second gets it again; at most 100. */
  const recovery = (used: (spent: number) => number): number => {
    const share = new Share(11);
    const admission = new PriorityCutoff(share, 0, () => 0.5);
    const place = share.place('192.0.2');
    let now = 0;
    const second = (wait: number): number => {
      let served = 0;
      for (let i = 0; i < 400; i += 1) if (admission.fetch(place, 1_000)) served += 1;
      now += WINDOW_MS;
      admission.turn(now, wait, true, used(served / 1_000));
      return served;
    };
    for (let i = 0; i < 3; i += 1) second(200);
    let seconds = 1;
    while (second(2) < 400 && seconds < 100) seconds += 1;
    return seconds;
  };
  const busy = recovery(() => 1);
  const idle = recovery((spent) => 0.05 + spent);
  expect(busy).toBeGreaterThan(20);
  expect(idle).toBeLessThanOrEqual(busy / 2);
});

test('a flood of networks is forgotten; those that cost much, or hold connections, are remembered', () => {
  const share = new Share(7);
  const dear = share.place('198.51.100');
  const holder = share.place('198.51.101');
  share.charge(dear, 1_000_000);
  share.opened(holder);
  share.turn(1, 10_000);
  for (let i = 0; i < 100_000; i += 1) share.ask(share.place(`10.${i >> 8}.${i & 255}`), COST.file);
  expect(share.place('198.51.100')).toBe(dear);
  expect(share.place('198.51.101')).toBe(holder);
  expect(share.openAt(holder)).toBe(1);
});
