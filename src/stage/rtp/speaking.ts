import type { Ms } from '../../base/time.ts';

/** Louder than this is speech, in −dBov. Room noise after browser processing is at 60 and more. */
const SPEECH = 48;
/** Loud packets in a row before a person counts as speaking, so that a click does not. */
const ONSET = 3;
/** A person still counts as speaking for this long after the last loud packet, to bridge pauses between words. */
const HOLD_MS = 700;
/** Silence in −dBov. */
export const SILENCE = 127;

/** Decides from audio levels whether a person is speaking, and how loud they were recently. */
export class Speaking {
  #loud = 0;
  #until = -Infinity;
  #peak = SILENCE;
  #shown = SILENCE;

  /** Records the level of one packet in −dBov. */
  heard(level: number, now: Ms): void {
    this.#peak = Math.min(this.#peak, level);
    this.#loud = level < SPEECH ? this.#loud + 1 : Math.max(0, this.#loud - 1);
    if (this.#loud >= ONSET && level < SPEECH) this.#until = now + HOLD_MS;
    this.#loud = Math.min(this.#loud, ONSET * 2);
  }

  /** Forgets everything, because the person was muted or left. */
  silence(): void {
    this.#loud = 0;
    this.#until = -Infinity;
    this.#peak = SILENCE;
    this.#shown = SILENCE;
  }

  /** True while the person speaks, including pauses between words. */
  now(now: Ms): boolean {
    return now < this.#until;
  }

  /** The loudest level since the last call; it decays slowly when nothing arrived (DTX). */
  takeLevel(): number {
    this.#shown = this.#peak < SILENCE ? this.#peak : Math.min(SILENCE, this.#shown + 12);
    this.#peak = SILENCE;
    return this.#shown;
  }
}
