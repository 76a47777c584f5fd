import { lufs } from '../media/loudness.ts';
import { Loudness } from './loudness.ts';

/** Loudness that every speaker is brought to, LUFS. Spec: EBU R 128, streaming practice. */
export const TARGET_LUFS = -16;
/** Maximum gain for a quiet speaker, dB. */
export const MAX_GAIN_DB = 22;
/** Minimum gain, for a loud speaker, dB. */
const MIN_GAIN_DB = -22;

/** Sound quieter than this is not a voice, however quiet the microphone. */
const FLOOR_LUFS = -58;
/** Sound quieter than the voice by this is a pause and must not raise the gain. */
const PAUSE_LU = 12;
/** Sound louder than the microphone's noise by this is voice; so is any sound louder than noise can be. */
const OVER_NOISE_LU = 6;
const NEVER_NOISE_LUFS = -35;
/** The noise is the quietest recent sound: its estimate rises by 3 dB per second. */
const NOISE_RISE = 0.3;
const LEAST_NOISE_LUFS = -62;
/**
 * After this many hops of voice that all look like pauses, the loudness was measured from a bang. The estimate then
 * falls, in dB per hop.
 */
const RELENT_AFTER = 25;
const RELENT = 0.15;
/** Hops of voice (100 ms) after which the loudness estimate hardly changes any more: 8 s. */
const MEMORY_HOPS = 80;
/**
 * The gain may change fast while the first voice is measured. Later a change must not be audible. In dB per 100 ms hop
 * of voice.
 */
const EARLY_HOPS = 25;
const EARLY_STEP = 1.5;
const UP_STEP = 0.15;
const DOWN_STEP = 0.4;

/** Brings one speaker to the target by the loudness of their voice. Pauses change nothing. */
export class Leveller {
  #meter = new Loudness();
  #power = 0;
  #hops = 0;
  #gain = 0;
  #applied = 1;
  #below = 0;
  #noise = LEAST_NOISE_LUFS;

  /** Loudness of the voice before the gain, LUFS; −Infinity until a voice was heard. */
  get loudness(): number {
    return lufs(this.#power);
  }

  /** Gain in dB. */
  get gainDb(): number {
    return this.#gain;
  }

  /** Measures a block and changes its level in place. The gain slides from that of the last block. */
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
    if (!this.#isVoice(loudness)) return;
    if (this.#hops > 0 && loudness < lufs(this.#power) - PAUSE_LU) {
      this.#below += 1;
      if (this.#below > RELENT_AFTER) this.#power *= 10 ** (-RELENT / 10);
      return;
    }
    this.#below = 0;
    this.#hops += 1;
    this.#power += (power - this.#power) / Math.min(this.#hops, MEMORY_HOPS);
    const wanted = Math.min(MAX_GAIN_DB, Math.max(MIN_GAIN_DB, TARGET_LUFS - lufs(this.#power)));
    const early = this.#hops < EARLY_HOPS;
    const up = early ? EARLY_STEP : UP_STEP;
    const down = early ? EARLY_STEP : DOWN_STEP;
    this.#gain += Math.min(up, Math.max(-down, wanted - this.#gain));
  }
  #isVoice(loudness: number): boolean {
    this.#noise = Math.max(LEAST_NOISE_LUFS, Math.min(loudness, this.#noise + NOISE_RISE));
    return loudness > FLOOR_LUFS && (loudness > NEVER_NOISE_LUFS || loudness > this.#noise + OVER_NOISE_LU);
  }
}
