import { ms, TICKS_PER_SECOND, type Ticks, ticksToMs } from '../base/time.ts';

/** Largest deviation of the play-out rate from nominal: 0.4 %, 7 cents. It changes over seconds. */
const MAX_BEND = 0.004;
/** Largest clock error of a sender that is considered plausible. */
const MAX_DRIFT = 0.001;
/** Rate correction per second of error: a time constant of 10 s. The drift is learnt in a minute or two. */
const PROPORTIONAL = 0.1;
const INTEGRAL = 0.001;
const STEP = 0.02;
/**
 * The sender's clock is judged only near the target depth, and not in the first half minute, which reflects the path
 * more.
 */
const JUDGE_WITHIN = ms(10);
const JUDGE_AFTER = 1500;
/** When the buffer is too deep by more than this, whole quiet frames are left out. */
const OMIT_ABOVE = ms(50);
/** When the buffer is too shallow by more than this, quiet frames are lengthened. */
const STRETCH_BELOW = ms(-30);
/** A frame is quiet below −52 dBFS, or when it is 35 dB below the voice. */
const QUIET_POWER = 6e-6;
const QUIET_SHARE = 3e-4;

/**
 * Keeps one speaker's buffer at its target depth: by small changes of rate at any time, by whole frames only in
 * silence.
 */
export class BufferPace {
  /** Depth of the buffer in milliseconds, counted from the packet with the shortest transit. */
  depth = 0;
  /** Sender frames used per program frame. */
  ratio = 1;
  #error = 0;
  #drift = 0;
  #voice = 0;
  #blocks = 0;

  reset(): void {
    this.#error = 0;
    this.#drift = 0;
    this.#blocks = 0;
    this.ratio = 1;
  }

  /** Difference of the sender's clock from ours in parts per million; settles within some minutes. */
  get driftPpm(): number {
    return this.#drift * 1e6;
  }

  /** Called once per block: the buffer is `depth` ms deep and should be `target` ms deep. */
  update(depth: number, target: number): void {
    this.depth = depth;
    this.#error = depth - target;
    const seconds = this.#error / 1000;
    this.#blocks += 1;
    if (this.#blocks > JUDGE_AFTER && Math.abs(this.#error) < JUDGE_WITHIN) {
      this.#drift += INTEGRAL * seconds * STEP;
      this.#drift = Math.min(MAX_DRIFT, Math.max(-MAX_DRIFT, this.#drift));
    }
    const bend = PROPORTIONAL * seconds + this.#drift;
    this.ratio = 1 + Math.min(MAX_BEND, Math.max(-MAX_BEND, bend));
  }

  /** Whether to play, leave out or lengthen a decoded frame (undefined: comfort noise). */
  advise(pcm: Float32Array | undefined): 'play' | 'omit' | 'stretch' {
    if (pcm && !this.#quiet(pcm)) return 'play';
    if (this.#error > OMIT_ABOVE) return 'omit';
    return this.#error < STRETCH_BELOW ? 'stretch' : 'play';
  }

  /** The buffer just became deeper by `frames` (negative: shallower). */
  moved(frames: number): void {
    this.#error += ticksToMs(frames as Ticks);
  }

  #quiet(pcm: Float32Array): boolean {
    let sum = 0;
    // Every third sample is enough. An odd step covers both channels.
    for (let i = 0; i < pcm.length; i += 3) sum += (pcm[i] as number) ** 2;
    const power = (3 * sum) / pcm.length;
    const seconds = pcm.length / 2 / TICKS_PER_SECOND;
    this.#voice = power > this.#voice ? power : this.#voice * (1 - Math.min(1, seconds / 10));
    return power < QUIET_POWER || power < this.#voice * QUIET_SHARE;
  }
}
