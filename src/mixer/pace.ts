import { ms, TICKS_PER_SECOND, type Ticks, ticksToMs } from '../base/time.ts';

/** The most the play-out rate differs from nominal: 0.4 %, 7 cents, reached and left over seconds. */
export const MAX_BEND = 0.004;
/** The most a sender's crystal is believed to be off. */
const MAX_DRIFT = 0.001;
/** Rate per second of error: a time constant of 10 s; the drift is learnt in a minute or two. */
const PROPORTIONAL = 0.1;
const INTEGRAL = 0.001;
const STEP = 0.02;
/** The clock is judged only near the target, and not in the first half minute: that tells more about the path. */
const JUDGE_WITHIN = ms(10);
const JUDGE_AFTER = 1500;
/** Beyond this much too deep, quiet frames are left out whole. */
const OMIT_ABOVE = ms(50);
/** Beyond this much too shallow, quiet frames are drawn out. */
const STRETCH_BELOW = ms(-30);
/** A frame is quiet below −52 dBFS, or 35 dB below the voice. */
const QUIET_POWER = 6e-6;
const QUIET_SHARE = 3e-4;

/** Keeps one speaker's buffer at its depth: a gentle change of rate always, whole frames only in silence. */
export class Pace {
  /** Milliseconds in the buffer, seen from the best packet. */
  depth = 0;
  /** Sender frames to use per program frame. */
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

  /** Sender clock against ours in parts per million; settles within some minutes. */
  get driftPpm(): number {
    return this.#drift * 1e6;
  }

  /** Once per block: the buffer is `depth` ms deep and should be `target`. */
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

  /** Whether a decoded frame (undefined: comfort noise) should be played, left out or drawn out. */
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
    // Every third sample is enough, and an odd step sees both channels.
    for (let i = 0; i < pcm.length; i += 3) sum += (pcm[i] as number) ** 2;
    const power = (3 * sum) / pcm.length;
    const seconds = pcm.length / 2 / TICKS_PER_SECOND;
    this.#voice = power > this.#voice ? power : this.#voice * (1 - Math.min(1, seconds / 10));
    return power < QUIET_POWER || power < this.#voice * QUIET_SHARE;
  }
}
