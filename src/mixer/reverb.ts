/** Lengths in samples at 24 kHz, without common divisors. */
const COMBS = [709, 829, 947, 1051] as const;
const DIFFUSERS = [277, 101] as const;
const FEEDBACK = 0.83;
/** Share of the previous value in the low pass of each comb: the tail gets darker as it fades. */
const DAMPING = 0.55;

/** A small dark room: four damped combs side by side, then two diffusers. After M. R. Schroeder (1962). */
export class Reverb {
  #combs = COMBS.map((length) => ({ line: new Float32Array(length), at: 0, low: 0 }));
  #diffusers = DIFFUSERS.map((length) => ({ line: new Float32Array(length), at: 0 }));

  /** Writes the reverb of `dry` into `wet`, of the same length. */
  run(dry: Float32Array, wet: Float32Array): void {
    wet.fill(0);
    for (const comb of this.#combs) {
      const { line } = comb;
      let { at, low } = comb;
      for (let i = 0; i < dry.length; i += 1) {
        const out = line[at] as number;
        low = out + (low - out) * DAMPING;
        line[at] = (dry[i] as number) + low * FEEDBACK;
        wet[i] = (wet[i] as number) + out * 0.25;
        at = at + 1 === line.length ? 0 : at + 1;
      }
      comb.at = at;
      comb.low = Math.abs(low) < 1e-15 ? 0 : low;
    }
    for (const diffuser of this.#diffusers) {
      const { line } = diffuser;
      let { at } = diffuser;
      for (let i = 0; i < wet.length; i += 1) {
        const held = line[at] as number;
        const into = (wet[i] as number) + held * 0.6;
        line[at] = into;
        wet[i] = held - into * 0.6;
        at = at + 1 === line.length ? 0 : at + 1;
      }
      diffuser.at = at;
    }
  }
}
