import type { Clock } from '../base/clock.ts';
import { BLOCK_TICKS, type Ms, ms, TICKS_PER_SECOND, type Ticks, ticks } from '../base/time.ts';

const LOOK_EVERY = ms(10);
/** A delay beyond this means that the process was stopped. Packets that arrived meanwhile are then processed first. */
const STALLED = ms(60);
/**
 * Blocks made in one go. Further blocks wait for the next turn of the event loop, so that catching up starves nothing
 * else.
 */
const MAX_BURST = 50;

/**
 * The only clock of a program. It calls `block` for every 20 ms, in order, never before the block is due and never
 * later than the event loop allows. Block k is due k × 20 ms after the first; this is counted, not summed up, so it
 * cannot drift.
 */
export class ProgramClock implements Disposable {
  #clock: Clock;
  #tick: Ticks;
  #origin: { tick: Ticks; due: Ms };
  #block: (tick: Ticks, due: Ms) => void;
  #timer: Disposable;
  #again: Disposable | undefined;

  constructor(clock: Clock, firstTick: Ticks, due: Ms, block: (tick: Ticks, due: Ms) => void) {
    this.#clock = clock;
    this.#tick = firstTick;
    this.#origin = { tick: firstTick, due };
    this.#block = block;
    this.#timer = clock.every(LOOK_EVERY, () => this.#look());
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
    this.#again?.[Symbol.dispose]();
  }

  #look(): void {
    if (this.#again) return;
    if (this.#clock.now() - this.#due() <= STALLED) this.#make();
    else this.#makeSoon();
  }

  #makeSoon(): void {
    this.#again = this.#clock.after(ms(1), () => {
      this.#again = undefined;
      this.#make();
    });
  }

  #make(): void {
    const now = this.#clock.now();
    for (let made = 0; this.#due() <= now; made += 1) {
      if (made === MAX_BURST) {
        this.#makeSoon();
        return;
      }
      const due = this.#due();
      const tick = this.#tick;
      this.#tick = ticks(tick + BLOCK_TICKS);
      this.#block(tick, due);
    }
  }

  #due(): Ms {
    return ms(this.#origin.due + ((this.#tick - this.#origin.tick) * 1000) / TICKS_PER_SECOND);
  }
}
