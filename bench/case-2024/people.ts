/** Who comes when, and for how long: drawn from a seeded generator, so that two runs are the same. */
import { chance } from '../../test/chance.ts';
import { EARLY, LIVE, REPLAY, WHEN } from './scenario.ts';

const MINUTE = 60;

/** Times of many sessions, seconds since the beginning of the log. */
export interface Stays {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** Times at which many people come: from `start` on, a rise of some minutes, then falling by a half every `halves`. */
function comings(many: number, random: () => number, when: (u: number, v: number) => number): Int32Array {
  return Int32Array.from({ length: many }, () => Math.floor(when(random(), random()))).sort();
}

const exponential = (u: number, mean: number): number => -Math.log(1 - u) * mean;

/** Who opens the page before anything is said: more and more until the announced time, then fewer. */
export function earlyPeople(scale: number, seed: number): Stays {
  const random = chance(seed);
  const { opened, announced, speech } = WHEN;
  const from = comings(Math.round(EARLY.people * scale), random, (u, v) =>
    v < 0.45 ? opened + (announced - opened) * Math.sqrt(u) : announced + (speech - announced) * u ** 1.35,
  );
  const to = from.map((at) => Math.min(WHEN.ended, at + Math.ceil(exponential(random(), EARLY.patience))));
  return { from, to };
}

/** Who listens to the conversation. Those who waited for it come within two minutes. */
export function liveSessions(scale: number, seed: number): Stays {
  const random = chance(seed);
  const { speech, ended } = WHEN;
  const from = comings(Math.round(LIVE.sessions * scale), random, (u, v) => {
    if (v < 0.055) return speech + u * 120;
    // The news goes round for half an hour; then as many come as go, and fewer in the end.
    if (v < 0.23) return speech + 30 * MINUTE * Math.sqrt(u);
    return speech + 6 * MINUTE + (ended - speech - 8 * MINUTE) * u ** 1.1;
  });
  const to = from.map((at) => {
    const stay = random() < LIVE.dropIns ? 12 + random() * 46 : 61 + exponential(random(), LIVE.stay - 61);
    return Math.min(ended + Math.floor(random() * 45), at + Math.floor(stay));
  });
  return { from, to };
}

/** Who hears the recording, and for how long: a few minutes, or less than one. */
export function replaySessions(scale: number, seed: number): Stays {
  const random = chance(seed);
  const span = WHEN.until - WHEN.replay - 10 * MINUTE;
  const least = 2 ** (-span / REPLAY.halves);
  const from = comings(
    Math.round(REPLAY.sessions * scale),
    random,
    (u) => WHEN.replay - Math.log2(1 - u * (1 - least)) * REPLAY.halves,
  );
  const to = from.map(
    (at) => at + (random() < REPLAY.short ? 8 + random() * 45 : 66 + exponential(random(), 70)),
  );
  return { from, to };
}

/** A mix of a number: the two halves of an id or a key. Source: the finaliser of SplitMix, in 32 bits. */
export function mixed(number: number, salt: number): number {
  let z = Math.imul(number ^ salt, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}

/** A share (0 to 1) of sessions, by their number: the same ones each time. */
export const isOneOf = (number: number, salt: number, share: number): boolean =>
  mixed(number, salt) >>> 0 < share * 2 ** 32;
