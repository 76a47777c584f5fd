import type { DayKey } from '../../wire/listening/day-keys.ts';
import { KeySet } from './key-set.ts';

/** Seconds of a recording that make a download. Spec: IAB Podcast Measurement 2.2 (one minute of content delivered). */
export const DOWNLOAD_S = 60;
/** Listeners who have less so far; the one that began longest ago is forgotten. */
const MOST_PARTIAL = 100_000;
/** Of them so many are kept on disk. */
const MOST_SAVED = 10_000;

/** Its state as it is kept on disk, beside the keys of the day that are done. */
export interface DownloadState {
  readonly day: number;
  readonly net: number;
  readonly gross: number;
  readonly partial: readonly (readonly [
    key: string,
    doors: readonly (readonly [door: string, seconds: number])[],
  ])[];
}

/**
 * Recordings that were taken as files: once for each listener key and day with a minute of sound, whichever doors its
 * pieces came from. What a door says is absolute, so that a repeat changes nothing.
 */
export class DownloadCount {
  #day = 0;
  net = 0;
  gross = 0;
  #done = new KeySet();
  #partial = new Map<string, Map<string, number>>();

  /** A door has delivered so many seconds to a key on a day. */
  take(door: string, day: number, { low, high, seconds, exclusion }: DayKey): void {
    if (day < this.#day) return;
    if (day > this.#day) {
      this.#day = day;
      this.#done = new KeySet();
      this.#partial = new Map();
    }
    const key = `${low} ${high}`;
    const doors = this.#partial.get(key) ?? new Map<string, number>();
    doors.set(door, Math.max(seconds, doors.get(door) ?? 0));
    const all = [...doors.values()].reduce((sum, each) => sum + each, 0);
    if (all < DOWNLOAD_S) {
      this.#partial.set(key, doors);
      const oldest = this.#partial.keys().next().value;
      if (this.#partial.size > MOST_PARTIAL && oldest !== undefined) this.#partial.delete(oldest);
      return;
    }
    this.#partial.delete(key);
    if (!this.#done.add(low, high)) return;
    this.gross += 1;
    if (exclusion === 0) this.net += 1;
  }

  get state(): DownloadState {
    const partial = [...this.#partial].slice(-MOST_SAVED).map(([key, doors]) => [key, [...doors]] as const);
    return { day: this.#day, net: this.net, gross: this.gross, partial };
  }

  /** Keys of the day that are done, two words each. */
  dump(): Int32Array {
    return this.#done.dump();
  }

  /** Takes what `state` and `dump` gave. */
  load({ day, net, gross, partial }: DownloadState, done: Int32Array): void {
    this.#day = day;
    this.net = net;
    this.gross = gross;
    this.#partial = new Map(partial.map(([key, doors]) => [key, new Map(doors)]));
    for (let at = 0; at + 1 < done.length; at += 2)
      this.#done.add(done[at] as number, done[at + 1] as number);
  }
}
