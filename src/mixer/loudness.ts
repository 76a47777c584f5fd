import { TICKS_PER_SECOND } from '../base/time.ts';
import { gatedLufs, K_HIGH_PASS, K_SHELF } from '../media/loudness.ts';

/** One gating step: 100 ms. */
export const HOP = TICKS_PER_SECOND / 10;

/** One channel's K-weighting: a high shelf for the head, a high pass for the ear. Spec: ITU-R BS.1770-5, annex 1. */
class KWeighting {
  #a1 = 0;
  #a2 = 0;
  #b1 = 0;
  #b2 = 0;

  /** Sum of squares of the weighted samples `from` to `to`. */
  energy(samples: Float32Array, from: number, to: number): number {
    let a1 = this.#a1;
    let a2 = this.#a2;
    let b1 = this.#b1;
    let b2 = this.#b2;
    let sum = 0;
    for (let i = from; i < to; i += 1) {
      const x = samples[i] as number;
      const shelved = K_SHELF[0] * x + a1;
      a1 = K_SHELF[1] * x - K_SHELF[3] * shelved + a2;
      a2 = K_SHELF[2] * x - K_SHELF[4] * shelved;
      const y = shelved + b1;
      b1 = K_HIGH_PASS[1] * shelved - K_HIGH_PASS[3] * y + b2;
      b2 = shelved - K_HIGH_PASS[4] * y;
      sum += y * y;
    }
    // Denormals make a silent filter ten times slower than a busy one.
    const tiny = Math.abs(a1) + Math.abs(a2) + Math.abs(b1) + Math.abs(b2) < 1e-15;
    this.#a1 = tiny ? 0 : a1;
    this.#a2 = tiny ? 0 : a2;
    this.#b1 = tiny ? 0 : b1;
    this.#b2 = tiny ? 0 : b2;
    return sum;
  }
}

/** Measures a stereo signal in steps of 100 ms. */
export class Loudness {
  #left = new KWeighting();
  #right = new KWeighting();
  #wasStereo = false;
  #energy = 0;
  #filled = 0;
  #hops = [0, 0, 0, 0];
  #at = 0;

  /** Adds samples; both channels have the same length. Calls `hop` with the power of each 400 ms window that ends. */
  feed(left: Float32Array, right: Float32Array, stereo: boolean, hop: (power: number) => void): void {
    this.#wasStereo ||= stereo;
    for (let from = 0; from < left.length; ) {
      const to = Math.min(left.length, from + HOP - this.#filled);
      const energy = this.#left.energy(left, from, to);
      this.#energy += this.#wasStereo ? energy + this.#right.energy(right, from, to) : 2 * energy;
      this.#filled += to - from;
      from = to;
      if (this.#filled < HOP) continue;
      this.#hops[this.#at] = this.#energy / HOP;
      this.#at = (this.#at + 1) % 4;
      this.#energy = 0;
      this.#filled = 0;
      let sum = 0;
      for (const power of this.#hops) sum += power;
      hop(sum / 4);
    }
  }
}

/** Loudness of a whole recording, interleaved stereo at 48 kHz, with both gates. Spec: ITU-R BS.1770-5; EBU R 128. */
export function integratedLufs(pcm: Float32Array): number {
  const meter = new Loudness();
  const powers: number[] = [];
  const left = new Float32Array(HOP);
  const right = new Float32Array(HOP);
  for (let from = 0; from + 2 * HOP <= pcm.length; from += 2 * HOP) {
    for (let i = 0; i < HOP; i += 1) {
      left[i] = pcm[from + 2 * i] ?? 0;
      right[i] = pcm[from + 2 * i + 1] ?? 0;
    }
    meter.feed(left, right, true, (power) => powers.push(power));
  }
  return gatedLufs(powers.slice(3));
}
