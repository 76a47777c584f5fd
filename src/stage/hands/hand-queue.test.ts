import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { MAX_HANDS, SHOWN_HANDS } from '../../wire/stage/hands.ts';
import type { Hand } from './hand.ts';
import { opens } from './hand.ts';
import { openHandFile } from './hand-file.ts';
import { ALLOW_MS, ANSWER_MS, AWAY_MS, GONE_MS, HandQueue, MAX_HANDS_PER_NETWORK } from './hand-queue.ts';

const nothing = (): void => undefined;
const wish = (n: number, network = '10.0.0.1') => ({
  name: `P${n}`,
  topic: `topic ${n}`,
  device: `device-${n}`,
  network,
});
function raised(queue: HandQueue, n: number, wall = 1_000, network = '10.0.0.1'): Hand {
  const made = queue.raise(wish(n, network), wall);
  if (typeof made === 'string') throw new Error(made);
  return made.hand;
}
const line = (queue: HandQueue) =>
  queue
    .shown(1_000)
    .filter(({ standing }) => standing === 'up')
    .map(({ name }) => name);

test('hands are in the order in which they were raised, and each knows its place', () => {
  const queue = new HandQueue(nothing);
  const hands = [1, 2, 3].map((n) => raised(queue, n));
  expect(line(queue)).toEqual(['P1', 'P2', 'P3']);
  expect(hands.map((hand) => queue.own(hand).place)).toEqual([1, 2, 3]);
  queue.turn(hands[0] as Hand, 'lowered', 2_000);
  expect(hands.map((hand) => queue.own(hand).place)).toEqual([undefined, 1, 2]);
});

test('a device has one hand: raising it again keeps the place, and only the newest secret opens it', () => {
  const queue = new HandQueue(nothing);
  const first = queue.raise(wish(1), 0);
  raised(queue, 2);
  const again = queue.raise({ ...wish(1), topic: 'another' }, 5);
  if (typeof first === 'string' || typeof again === 'string') throw new Error('refused');
  expect(again.hand.id).toBe(first.hand.id);
  expect(queue.own(again.hand)).toMatchObject({ place: 1, up: 2 });
  expect([opens(again.hand, first.secret), opens(again.hand, again.secret)]).toEqual([false, true]);
});

test('a call that nobody answers is taken back after half a minute, to the same place and with the reason', () => {
  const queue = new HandQueue(nothing);
  const [first] = [1, 2].map((n) => raised(queue, n, 0)) as [Hand, Hand];
  queue.turn(first, 'called', 1_000);
  expect(queue.told(true, 1_000)).toMatchObject({ called: [first.id], up: 1 });
  queue.tick(1_000 + ANSWER_MS - 1);
  expect(first.standing).toBe('called');
  queue.tick(1_000 + ANSWER_MS);
  expect(first).toMatchObject({ standing: 'up', trouble: 'silent' });
  expect(line(queue)).toEqual(['P1', 'P2']);
});

test('whoever answered a call has time to allow the microphone', () => {
  const queue = new HandQueue(nothing);
  const hand = raised(queue, 1, 0);
  queue.turn(hand, 'called', 0);
  queue.answered(hand, 1_000);
  queue.tick(ANSWER_MS);
  expect(hand.standing).toBe('called');
  queue.tick(ALLOW_MS);
  expect(hand.standing).toBe('up');
});

test('a page that is not heard of is shown as away, and is lowered after ten minutes', () => {
  const queue = new HandQueue(nothing);
  const hand = raised(queue, 1, 0);
  expect(queue.shown(AWAY_MS - 1)[0]?.away).toBeUndefined();
  expect(queue.shown(AWAY_MS)[0]?.away).toBe(true);
  queue.here(hand, AWAY_MS);
  expect(queue.shown(AWAY_MS)[0]?.away).toBeUndefined();
  queue.tick(AWAY_MS + GONE_MS);
  expect([hand.standing, queue.up]).toEqual(['lowered', 0]);
});

test('the line has a limit, and one network cannot take all of it', () => {
  const queue = new HandQueue(nothing);
  for (let n = 0; n < MAX_HANDS_PER_NETWORK; n += 1) raised(queue, n);
  expect(queue.raise(wish(5_000), 0)).toBe('network');
  for (let n = MAX_HANDS_PER_NETWORK; n < MAX_HANDS; n += 1) raised(queue, n, 0, `10.1.${n}.1`);
  expect(queue.raise(wish(5_001), 0)).toBe('room');
  const first = queue.shown(0)[0];
  queue.turn(queue.get(first?.id ?? '') as Hand, 'lowered', 0);
  expect(typeof queue.raise(wish(5_002), 0)).toBe('object');
  expect(queue.shown(0)).toHaveLength(SHOWN_HANDS);
  expect(queue.up).toBe(MAX_HANDS);
});

test('a full line makes room for others from the network that has the most, its newest hand first', () => {
  const queue = new HandQueue(nothing);
  const first = Array.from({ length: MAX_HANDS_PER_NETWORK }, (_, n) => raised(queue, n));
  for (let n = MAX_HANDS_PER_NETWORK; n < MAX_HANDS; n += 1) raised(queue, n, 0, '10.0.0.2');
  const other = raised(queue, 5_001, 0, '10.0.0.3');
  expect([queue.up, other.standing, first.at(-1)?.standing]).toEqual([MAX_HANDS, 'up', 'lowered']);
  expect(queue.own(first.at(-1) as Hand).word).toContain('many hands of your network');
  // As long as others have more, and no longer.
  for (let n = 6_000; n < 7_000; n += 1) queue.raise(wish(n, '10.0.0.3'), 0);
  const of = (network: string) => queue.all().filter((hand) => hand.network === network).length;
  expect([of('10.0.0.3'), queue.up]).toEqual([333, MAX_HANDS]);
});

test('listeners are told ids alone, for twenty seconds, and never more than thirty-two', () => {
  const queue = new HandQueue(nothing);
  const hands = Array.from({ length: 60 }, (_, n) => raised(queue, n, 0));
  for (const hand of hands.slice(0, 50)) queue.turn(hand, 'declined', 1_000, { word: 'Later, please' });
  const told = queue.told(true, 1_000);
  expect(told.told).toHaveLength(32);
  expect(JSON.stringify(told)).not.toContain('Later');
  expect(queue.own(hands[0] as Hand)).toMatchObject({ standing: 'declined', word: 'Later, please' });
  expect(queue.told(true, 21_000).told).toEqual([]);
});

test('hands survive a killed cell in order, also with a torn last line; what is over and secrets are not there', () => {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-hands-'));
  try {
    const file = openHandFile(dir, 'hall', silentLog);
    const queue = new HandQueue((hand) => file.write(hand));
    const hands = [1, 2, 3, 4].map((n) => raised(queue, n));
    const own = queue.raise(wish(3), 0);
    queue.turn(hands[1] as Hand, 'declined', 2_000, { word: 'no' });
    queue.turn(hands[3] as Hand, 'stage', 2_000);
    // The process is gone: nothing was closed.
    const path = join(dir, 'hall.jsonl');
    const text = readFileSync(path, 'utf8');
    expect(text).not.toContain('10.0.0.1');
    if (typeof own === 'string') throw new Error(own);
    expect(text).not.toContain(own.secret);
    expect(statSync(path).mode & 0o077).toBe(0);
    appendFileSync(path, '{"id":"torn');
    const again = openHandFile(dir, 'hall', silentLog);
    const restored = new HandQueue((hand) => again.write(hand), again.before);
    expect(line(restored)).toEqual(['P1', 'P3']);
    const third = restored.get(hands[2]?.id ?? '') as Hand;
    expect(opens(third, own.secret)).toBe(true);
    expect(restored.get(hands[3]?.id ?? '')?.standing).toBe('stage');
    expect(raised(restored, 9).n).toBe(5);
    const last = openHandFile(dir, 'hall', silentLog);
    expect(last.before.map(({ name }) => name)).toEqual(['P1', 'P3', 'P4', 'P9']);
    last.forget();
    expect(openHandFile(dir, 'hall', silentLog).before).toEqual([]);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
