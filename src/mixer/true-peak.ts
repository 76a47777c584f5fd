/** Taps per phase of the interpolator. */
export const PEAK_TAPS = 12;

/** Four phases of a 48-tap interpolator. Spec: ITU-R BS.1770-5, annex 2, table 1. */
const PHASES = [
  [
    0.001708984375, 0.010986328125, -0.0196533203125, 0.033203125, -0.0594482421875, 0.1373291015625,
    0.97216796875, -0.102294921875, 0.047607421875, -0.026611328125, 0.014892578125, -0.00830078125,
  ],
  [
    -0.0291748046875, 0.029296875, -0.0517578125, 0.089111328125, -0.16650390625, 0.465087890625,
    0.77978515625, -0.2003173828125, 0.1015625, -0.0582275390625, 0.0330810546875, -0.0189208984375,
  ],
  [
    -0.0189208984375, 0.0330810546875, -0.0582275390625, 0.1015625, -0.2003173828125, 0.77978515625,
    0.465087890625, -0.16650390625, 0.089111328125, -0.0517578125, 0.029296875, -0.0291748046875,
  ],
  [
    -0.00830078125, 0.014892578125, -0.026611328125, 0.047607421875, -0.102294921875, 0.97216796875,
    0.1373291015625, -0.0594482421875, 0.033203125, -0.0196533203125, 0.010986328125, 0.001708984375,
  ],
] as const;

const FLAT = Float64Array.from(PHASES.flat());

/** Largest excess of an interpolated peak over the samples around it: the largest sum of one phase's magnitudes. */
export const MAX_OVERSHOOT = Math.max(
  ...PHASES.map((row) => row.reduce((sum, tap) => sum + Math.abs(tap), 0)),
);

/** Largest magnitude between the samples, four times oversampled, over the 12 samples that end at `at`. */
export function peakAt(samples: Float32Array, at: number): number {
  // The phases lie between the samples and read the highest notes too low, so the samples themselves count too.
  let peak = Math.abs(samples[at - PEAK_TAPS / 2] as number);
  for (let base = 0; base < FLAT.length; base += PEAK_TAPS) {
    let sum = 0;
    for (let tap = 0; tap < PEAK_TAPS; tap += 1)
      sum += (FLAT[base + tap] as number) * (samples[at - tap] as number);
    const size = Math.abs(sum);
    if (size > peak) peak = size;
  }
  return peak;
}
