/** A crowd of which some prove: what the room says of all of them, against what is true. */
import { expect, test } from 'vitest';
import { chance } from '../../test/chance.ts';
import { isSampled } from '../wire/listening/proof-sample.ts';
import { FLAG } from '../wire/session-record.ts';
import { ROW_WORDS } from './audience-count.ts';
import { countingRules } from './definitions.ts';
import { AudienceRoom } from './room.ts';
import { estimate } from './sampling.ts';

const MINUTE = 29_700_000;
const SEEDS = 200;
const SLOTS = 6;

interface Crowd {
  readonly sessions: number;
  readonly seed: number;
  /** At twice as many, half of them prove. */
  readonly leastProving: number;
  /** How many of those who are asked do prove. */
  readonly honest: number;
  /** The share that the room has chosen long ago. */
  readonly share?: number;
}

/** Everybody is there from the first slot; doors follow the room's share from one slot to the next. */
function listen({ sessions, seed, leastProving, honest, share: chosen }: Crowd, slots: number) {
  const random = chance(seed);
  const word = (): number => Math.floor(random() * 2 ** 32);
  const salt = word();
  const crowd = Array.from({ length: sessions }, () => ({
    ...{ low: word(), high: word(), proves: random() < honest },
  }));
  const room = new AudienceRoom('hall', { rules: countingRules({ leastProving }) });
  if (chosen !== undefined) room.memory.share = chosen;
  const words = new Int32Array(sessions * ROW_WORDS);
  for (const [i, { low, high }] of crowd.entries()) words.set([low, high, i + 1, 0], i * ROW_WORDS);
  for (let slot = 0; slot < slots; slot += 1) {
    const { share } = room.memory;
    const upTo = 2 ** (((slot % SLOTS) + 1) * 4) - 1;
    const full = 0xaa_aaaa & upTo;
    for (const [i, { low, high, proves }] of crowd.entries()) {
      const asked = isSampled(low, high, salt, share);
      const proven = asked && proves ? full : 0;
      const at = i * ROW_WORDS;
      words[at + 4] = MINUTE + Math.floor(slot / SLOTS);
      words[at + 5] = (asked ? 0 : FLAG.unsampled) << 20;
      words[at + 6] = full | (proven << 24);
      words[at + 7] = (proven >>> 8) | (proven === 0 ? 0 : 1 << (16 + (slot % SLOTS)));
      room.record(words, at);
    }
    room.sample((MINUTE * SLOTS + slot + 1) * 10_000);
  }
  return { room, proving: crowd.filter(({ proves }) => proves).length };
}

test.each([16, 64])(
  'at a share of 1/%i, which the room keeps, the printed interval holds the truth in 93 of 100 rooms',
  (part) => {
    let held = 0;
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const sessions = 3_200 + (seed % 7) * 100;
      const leastProving = Math.floor(sessions / part);
      const crowd = { sessions, seed: seed * 31 + part, honest: 0.93 };
      const { room, proving } = listen({ ...crowd, leastProving, share: 1 / part }, 3);
      expect(room.memory.share).toBe(1 / part);
      const { net, error = 0 } = room.figures().listeners_now ?? { net: 0 };
      if (Math.abs(net - proving) <= error) held += 1;
    }
    expect(held / SEEDS).toBeGreaterThanOrEqual(0.93);
  },
);

test('the server’s count is of everybody, and each change of the share is written down once', () => {
  const { room } = listen({ sessions: 4_000, seed: 5, leastProving: 1_000, honest: 1 }, 18);
  expect(room.memory.now).toMatchObject({ s: 4_000 });
  expect(room.takeShares()).toMatchObject([{ kind: 'happening', what: 'sampling', detail: '1/4' }]);
  expect(room.takeShares()).toEqual([]);
  const entry = room.closeMinute(MINUTE + 2);
  expect(entry?.sampling).toBe(250_000);
  expect(room.numbers(0).metrics.listeners_now).toMatchObject({ method: 'sampled' });
});

test('the error is that of the definition: 1.96 times the root of n(1 − p), divided by p', () => {
  const { value, error } = estimate(900, 1 / 16);
  expect(value).toBe(14_400);
  expect(error).toBeCloseTo(1.96 * Math.sqrt(900 * (15 / 16)) * 16, 6);
});
