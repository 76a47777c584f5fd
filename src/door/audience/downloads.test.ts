import { expect, test } from 'vitest';
import { ask, BROWSER, type CountingDoor, get, openCountingDoor, post } from '../../../test/audience.ts';
import { until, wire } from '../../../test/door.ts';
import type { Reply } from '../../base/reply.ts';
import { type DayKey, type KeyedAct, readDayKeys } from '../../wire/listening/day-keys.ts';
import { EXCLUSIONS } from '../../wire/metrics.ts';
import { Downloads } from './downloads.ts';

/** Two minutes of AAC at 96 kbit/s. */
const FILE = Buffer.alloc(1_440_000);
const SECOND = 12_000;

const rangeOf = (from: number, to: number): Promise<Reply> =>
  Promise.resolve({
    status: 206,
    headers: { 'content-range': `bytes ${from}-${to - 1}/${FILE.length}` },
    body: FILE.subarray(from, to),
  });

/** The newest entry of each key. */
function told({ keys, clock }: CountingDoor, act: KeyedAct): Map<string, DayKey & { slug: string }> {
  clock.advance(1_100);
  const found = new Map<string, DayKey & { slug: string }>();
  for (const batch of keys)
    if (batch.act === act)
      for (const key of readDayKeys(batch.bytes))
        found.set(`${key.low} ${key.high}`, { ...key, slug: batch.rooms[key.room] ?? '' });
  return found;
}
const secondsIn = (counting: CountingDoor): number[] =>
  [...told(counting, 'downloaded').values()].map(({ seconds }) => seconds);

async function fetched(
  counting: CountingDoor,
  agent: string,
  from: number,
  to: number,
  headers = '',
): Promise<void> {
  counting.origin.answers = () => rangeOf(from, to);
  await ask(
    counting.door.port,
    get('/r/room/replay.m4a', agent, `Range: bytes=${from}-${to - 1}\r\n${headers}`),
  );
}

test('the pieces of a download are one, wherever they begin, and what comes twice counts once', async () => {
  await using counting = await openCountingDoor();
  await fetched(counting, 'iTunes/12', 0, 20 * SECOND);
  expect(secondsIn(counting)).toEqual([20]);
  // The same again, then half of it, then a piece further on, then the whole.
  await fetched(counting, 'iTunes/12', 0, 20 * SECOND);
  await fetched(counting, 'iTunes/12', 10 * SECOND, 20 * SECOND);
  await fetched(counting, 'iTunes/12', 60 * SECOND, 80 * SECOND);
  expect(secondsIn(counting)).toEqual([40]);
  counting.origin.answers = () => Promise.resolve({ status: 200, headers: {}, body: FILE });
  await ask(counting.door.port, get('/r/room/replay.m4a', 'iTunes/12'));
  expect(secondsIn(counting)).toEqual([60]);
  // Another program is another listener.
  await ask(counting.door.port, get('/r/room/replay.m4a', 'Overcast/3'));
  expect(secondsIn(counting)).toEqual([60, 60]);
});

test('what was not taken does not count, nor the head, the first two bytes, or a fetch ahead of time', async () => {
  await using counting = await openCountingDoor();
  const { door, origin } = counting;
  origin.answers = () => Promise.resolve({ status: 200, headers: {}, body: FILE });
  wire(door.port, get('/r/room/replay.m4a', 'head').replace('GET', 'HEAD'));
  await ask(door.port, get('/r/room/replay.m4a', 'ahead', 'Sec-Purpose: prefetch\r\n'));
  await ask(door.port, get('/r/room/replay.m4a', 'probe', 'Range: bytes=0-1\r\n'));
  expect(secondsIn(counting)).toEqual([]);
  // Leaves with a small part of a large file.
  origin.answers = () => Promise.resolve({ status: 200, headers: {}, body: Buffer.alloc(64_000_000) });
  const leaver = wire(door.port, get('/r/room/replay.m4a', 'leaver'));
  await leaver.has(SECOND);
  leaver.socket.destroy();
  await until(() => {
    counting.clock.advance(1_100);
    return counting.keys.length > 0;
  });
  expect(secondsIn(counting)[0]).toBeGreaterThan(0);
  // The buffers of both sides of a connection on this machine hold a few megabytes.
  expect([...told(counting, 'downloaded').values()].length).toBe(1);
});

test('robots are told apart, and whoever asks not to be known has a key that nobody can find again', async () => {
  await using counting = await openCountingDoor();
  await fetched(counting, 'curl/8', 0, 70 * SECOND);
  expect([...told(counting, 'downloaded').values()].map(({ exclusion }) => EXCLUSIONS[exclusion])).toEqual([
    'bot-library',
  ]);
  await fetched(counting, BROWSER, 0, 30 * SECOND, 'DNT: 1\r\n');
  await fetched(counting, BROWSER, 30 * SECOND, 70 * SECOND, 'DNT: 1\r\n');
  const all = [...told(counting, 'downloaded').values()].filter(({ exclusion }) => exclusion === 0);
  expect(all.map(({ seconds }) => seconds)).toEqual([60]);
  // Not the key by which the same browser is known otherwise.
  await fetched(counting, BROWSER, 0, 70 * SECOND);
  expect(told(counting, 'downloaded').size).toBe(2);
});

test('who saw a card is told by key; not robots, staff, or whoever asks not to be known', async () => {
  await using counting = await openCountingDoor({ knowsToken: (token: string) => token === 'host' });
  const { door, clock, keys } = counting;
  const body = (name: string): string =>
    JSON.stringify({ v: 1, events: [[name, `AAAAAAAAAA${Math.floor(Math.random() * 9)}`]] });
  const see = (agent: string, headers = '', name = 'impression'): Promise<string> =>
    ask(door.port, post('/r/room/events', body(name), agent, headers));
  await see(BROWSER);
  await see(BROWSER);
  await see(`${BROWSER} Firefox`);
  await see('Googlebot/2.1');
  await see(`${BROWSER} shy`, 'DNT: 1\r\n');
  await see(`${BROWSER} host`, 'authorization: Bearer host\r\n');
  await see(`${BROWSER} embed`, '', 'embed-impression');
  expect(told(counting, 'seen').size).toBe(2);
  // The tally was away: it is told again, for three minutes.
  const before = keys.length;
  door.tellAudience();
  clock.advance(1_100);
  expect(keys.length).toBeGreaterThan(before);
  clock.advance(200_000);
  const later = keys.length;
  door.tellAudience();
  clock.advance(1_100);
  expect(keys.length).toBe(later);
});

test('a new day begins anew, and pieces in any order make the same', () => {
  const START = 20_000 * 86_400_000;
  const key = [1, 2] as const;
  const pieces = [0, 5, 1, 3, 2, 4].map((n) => [n * 10 * SECOND, (n + 1) * 10 * SECOND] as const);
  const downloads = new Downloads(SECOND);
  const found = pieces.map(([from, to]) => downloads.take({ slug: 'hall', key, from, to }, START)?.seconds);
  expect(found).toEqual([10, 20, 30, 40, 50, 60]);
  expect(downloads.take({ slug: 'hall', key, from: 0, to: 100 * SECOND }, START)).toBeUndefined();
  expect(downloads.take({ slug: 'other', key, from: 0, to: SECOND }, START)?.seconds).toBe(1);
  expect(downloads.take({ slug: 'hall', key, from: 0, to: SECOND }, START + 86_400_000)?.seconds).toBe(1);
});
