/** The times at which people arrive at and leave a much-announced room. */

/** A seeded random number generator, so that two runs are the same. */
export function dice(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Times of everyone's arrival and departure, in seconds from the beginning of the simulation. */
export interface Arrivals {
  readonly come: Float32Array;
  readonly go: Float32Array;
  /** Second of the announced start. */
  readonly start: number;
  /** Second in which the talk begins: 54 minutes late, as in August 2024. */
  readonly speech: number;
  readonly end: number;
  /** Seconds in all. */
  readonly length: number;
}

const MINUTE = 60;
/** 95 % quantile of the standard normal. */
const Z95 = 1.645;

/**
 * A fifth arrive in the ten minutes before the announced start, at a growing rate. Half arrive after it, log-normal
 * with σ = 1 (delays of people's reactions to messages: Stouffer, Malmgren and Amaral, arXiv:physics/0605027), 95 % of
 * them within a quarter of an hour. A fifth arrive when people hear that it begins, 95 % within eight minutes; the
 * others at random. One in ten gives up during the music, after 15 minutes on average. All others stay to the end and
 * leave within minutes.
 */
export function announcedEvening(people: number, seed: number): Arrivals {
  const random = dice(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const reaction = (within: number): number => within * Math.exp(normal() - Z95);
  const start = 10 * MINUTE;
  const speech = start + 54 * MINUTE;
  const end = speech + 24 * MINUTE;
  const come = new Float32Array(people);
  const go = new Float32Array(people);
  for (let i = 0; i < people; i++) {
    const kind = random();
    let at = start + random() * (end - start) * 0.95;
    if (kind < 0.2) at = start * Math.sqrt(random());
    else if (kind < 0.7) at = start + reaction(15 * MINUTE);
    else if (kind < 0.9) at = speech - 2 * MINUTE + reaction(8 * MINUTE);
    come[i] = Math.min(at, end - 1);
    const stay = -Math.log(1 - random()) * 15 * MINUTE;
    const bored = random() < 0.1 && at + stay < speech;
    go[i] = bored ? at + stay : end + reaction(4 * MINUTE);
  }
  return { come, go, start, speech, end, length: end + 12 * MINUTE };
}

/** The indices of `times` in order of their second, and the beginning of each second: a counting sort. */
export function bySecond(times: Float32Array, seconds: number): { order: Int32Array; from: Int32Array } {
  const from = new Int32Array(seconds + 2);
  const at = (i: number): number => Math.min(seconds, Math.max(0, Math.floor(times[i] ?? 0)));
  for (let i = 0; i < times.length; i++) from[at(i) + 1] = (from[at(i) + 1] ?? 0) + 1;
  for (let s = 1; s < from.length; s++) from[s] = (from[s] ?? 0) + (from[s - 1] ?? 0);
  const next = from.slice();
  const order = new Int32Array(times.length);
  for (let i = 0; i < times.length; i++) {
    const slot = next[at(i)] ?? 0;
    order[slot] = i;
    next[at(i)] = slot + 1;
  }
  return { order, from };
}
