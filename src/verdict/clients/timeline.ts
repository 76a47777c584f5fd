/** Classes of durations: class n holds those from 2ⁿ ms; the first also all below, the last all above. */
export const DURATION_CLASSES = 18;

/** Everything of one slot of time. */
export interface TimelineSlot {
  requests: number;
  /** Units of work that was asked for, without waiting: what a server would have to do. */
  work: number;
  cost: number;
  /** Answers with 5xx, of which 500; given up by the client or refused (408, 429, 499). */
  errors: number;
  internal: number;
  gaveUp: number;
  /** Durations of what is no audio or video, by class. */
  readonly durations: Uint32Array;
}

/** Demand over time, in slots that become longer when a log is longer than the limit. */
export class TrafficTimeline {
  readonly slots = new Map<number, TimelineSlot>();
  /** Seconds of a slot. */
  seconds: number;
  readonly #most: number;
  #last: TimelineSlot | undefined;
  #lastSlot = Number.NaN;

  constructor(most: number, seconds: number) {
    this.#most = most;
    this.seconds = seconds;
  }

  /** The slot of an instant, wall-clock ms. */
  at(time: number): TimelineSlot {
    const number = Math.floor(time / 1000 / this.seconds);
    if (this.#last && number === this.#lastSlot) return this.#last;
    let slot = this.slots.get(number);
    if (!slot) {
      if (this.slots.size >= this.#most) {
        this.#coarsen();
        return this.at(time);
      }
      slot = emptySlot();
      this.slots.set(number, slot);
    }
    this.#last = slot;
    this.#lastSlot = number;
    return slot;
  }

  #coarsen(): void {
    this.seconds *= 2;
    const old = [...this.slots];
    this.slots.clear();
    this.#last = undefined;
    for (const [number, slot] of old) {
      const half = Math.floor(number / 2);
      const into = this.slots.get(half);
      if (into) merge(into, slot);
      else this.slots.set(half, slot);
    }
  }
}

/** A slot in which nothing happened. */
export const emptySlot = (): TimelineSlot => ({
  ...{ requests: 0, work: 0, cost: 0, errors: 0, internal: 0, gaveUp: 0 },
  durations: new Uint32Array(DURATION_CLASSES),
});

/** Adds one slot to another. */
export function merge(into: TimelineSlot, slot: TimelineSlot): void {
  into.requests += slot.requests;
  into.work += slot.work;
  into.cost += slot.cost;
  into.errors += slot.errors;
  into.internal += slot.internal;
  into.gaveUp += slot.gaveUp;
  for (const [i, count] of slot.durations.entries()) into.durations[i] = (into.durations[i] ?? 0) + count;
}

/** Median of durations by class, in ms; undefined without any. */
export function medianDuration(durations: Uint32Array): number | undefined {
  const all = durations.reduce((sum, count) => sum + count, 0);
  if (all === 0) return undefined;
  let seen = 0;
  for (const [i, count] of durations.entries()) {
    if (seen + count >= all / 2) return 2 ** (i + (all / 2 - seen) / count);
    seen += count;
  }
  return undefined;
}
