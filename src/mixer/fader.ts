import { BLOCK_TICKS, type Ms, TICKS_PER_SECOND } from '../base/time.ts';

/** One hand on one fader: it moves along a quarter sine, so that two of them moving oppositely keep the power equal. */
export class Fader {
  #position: number;
  #goal: number;
  #step = 1;

  /** Begins at rest at `position`, 0 closed to 1 open. */
  constructor(position: 0 | 1) {
    this.#position = position;
    this.#goal = position;
  }

  /** Moves to `goal` (0 to 1); the whole way from closed to open takes `time`. */
  move(goal: number, time: Ms): void {
    this.#goal = goal;
    this.#step = (BLOCK_TICKS * 1000) / TICKS_PER_SECOND / time;
  }

  /** Gain at this instant. */
  get gain(): number {
    return Math.sin((this.#position * Math.PI) / 2);
  }

  /** Whether it is closed and stays so. */
  get closed(): boolean {
    return this.#position === 0 && this.#goal === 0;
  }

  /** Moves on by one block and returns the gain at its end. */
  advance(): number {
    const way = this.#goal - this.#position;
    this.#position = Math.abs(way) <= this.#step ? this.#goal : this.#position + Math.sign(way) * this.#step;
    return this.gain;
  }
}
