import { Loudness, lufs } from './loudness.ts';

/** Where every speaker is brought to, LUFS. Spec: EBU R 128, streaming practice. */
export const TARGET_LUFS = -16;
/** The most a quiet speaker is raised and a loud one lowered, dB. */
export const MAX_GAIN_DB = 22;
export const MIN_GAIN_DB = -22;

/** Below this there is no voice, however quiet the microphone. */
const FLOOR_LUFS = -58;
/** Quieter than the voice by this is a pause, which must not pull the gain up. */
const PAUSE_LU = 12;
/** Voice heard (hops of 100 ms) after which the measure hardly moves any more: 8 s. */
const MEMORY_HOPS = 80;
/** While the first voice is being measured the gain may run; later it must not be noticed. dB per 100 ms hop of voice. */
const EARLY_HOPS = 25;
const EARLY_STEP = 1.5;
const UP_STEP = 0.15;
const DOWN_STEP = 0.4;

/** Brings one speaker to the target by the loudness of their voice; pauses change nothing. */
export class Leveller {
  #meter = new Loudness();
  #power = 0;
  #hops = 0;
  #gain = 0;
  #applied = 1;

  /** Loudness of the voice before the gain, LUFS; −Infinity until heard. */
  get loudness(): number {
    return lufs(this.#power);
  }

  /** Gain in dB. */
  get gainDb(): number {
    return this.#gain;
  }

  /** Measures a block and changes its level in place, the gain sliding from the last block's. */
  run(left: Float32Array, right: Float32Array, stereo: boolean): void {
    this.#meter.feed(left, right, stereo, (power) => this.#hop(power));
    const to = 10 ** (this.#gain / 20);
    const step = (to - this.#applied) / left.length;
    let gain = this.#applied;
    for (let i = 0; i < left.length; i += 1) {
      gain += step;
      left[i] = (left[i] as number) * gain;
    }
    if (stereo) {
      gain = this.#applied;
      for (let i = 0; i < right.length; i += 1) {
        gain += step;
        right[i] = (right[i] as number) * gain;
      }
    } else right.set(left);
    this.#applied = to;
  }

  #hop(power: number): void {
    const loudness = lufs(power);
    if (loudness < FLOOR_LUFS) return;
    if (this.#hops > 0 && loudness < lufs(this.#power) - PAUSE_LU) {
      // A cough must not make the voice after it count as a pause for ever.
      this.#power += (power - this.#power) / 300;
      return;
    }
    this.#hops += 1;
    this.#power += (power - this.#power) / Math.min(this.#hops, MEMORY_HOPS);
    const wanted = Math.min(MAX_GAIN_DB, Math.max(MIN_GAIN_DB, TARGET_LUFS - lufs(this.#power)));
    const early = this.#hops < EARLY_HOPS;
    const up = early ? EARLY_STEP : UP_STEP;
    const down = early ? EARLY_STEP : DOWN_STEP;
    this.#gain += Math.min(up, Math.max(-down, wanted - this.#gain));
  }
}
