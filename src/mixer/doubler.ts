/** Half of a symmetric half-band filter: the taps at odd distances from the middle. */
const SIDE = halfBand();

/** Doubles a sample rate: a half-band filter computes one sample between every two (images below −70 dB). */
export class Doubler {
  #past = new Float32Array(2 * SIDE.length);

  /** Fills `out`, twice as long as `input`. */
  run(input: Float32Array, out: Float32Array): void {
    const reach = SIDE.length;
    const all = new Float32Array(2 * reach + input.length);
    all.set(this.#past);
    all.set(input, 2 * reach);
    for (let i = 0; i < input.length; i += 1) {
      const middle = i + reach;
      let sum = 0;
      for (let k = 0; k < reach; k += 1)
        sum += (SIDE[k] as number) * ((all[middle - k] as number) + (all[middle + 1 + k] as number));
      out[2 * i] = all[middle] as number;
      out[2 * i + 1] = sum;
    }
    this.#past.set(all.subarray(input.length));
  }
}

function halfBand(): Float64Array {
  const reach = 8;
  const taps = new Float64Array(reach);
  let total = 0;
  for (let k = 0; k < reach; k += 1) {
    const x = k + 0.5;
    const window = 0.42 + 0.5 * Math.cos((Math.PI * x) / reach) + 0.08 * Math.cos((2 * Math.PI * x) / reach);
    taps[k] = (Math.sin(Math.PI * x) / (Math.PI * x)) * window;
    total += 2 * (taps[k] ?? 0);
  }
  return taps.map((tap) => tap / total);
}
