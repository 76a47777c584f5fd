import { BLOCK_TICKS, type Ms, TICKS_PER_SECOND } from '../base/time.ts';

/**
 * One fader. It moves along a quarter sine, so that two faders moving in opposite directions keep the power constant.
 */
export class Fader {
  #position: number;
  #goal: number;
  #step = 1;

  /** Starts at rest at `position`: 0 is closed, 1 is open. */
  constructor(position: 0 | 1) {
    this.#position = position;
    this.#goal = position;
  }

  /** Moves to `goal` (0 to 1). `time` is the duration of the whole way from closed to open. */
  move(goal: number, time: Ms): void {
    this.#goal = goal;
    this.#step = (BLOCK_TICKS * 1000) / TICKS_PER_SECOND / time;
  }

  /** The current gain. */
  get gain(): number {
    return Math.sin((this.#position * Math.PI) / 2);
  }

  /** Whether the fader is closed and at rest. */
  get closed(): boolean {
    return this.#position === 0 && this.#goal === 0;
  }

  /** Advances by one block and returns the gain at its end. */
  advance(): number {
    const way = this.#goal - this.#position;
    this.#position = Math.abs(way) <= this.#step ? this.#goal : this.#position + Math.sign(way) * this.#step;
    return this.gain;
  }
}
