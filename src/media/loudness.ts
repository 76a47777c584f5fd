/** Perceived loudness. Spec: ITU-R BS.1770-5, EBU R 128. */

/**
 * The first biquad of the K weighting, for the acoustic effect of the head, at 48 kHz: [b0, b1, b2, a1, a2]. Spec:
 * ITU-R BS.1770-5, table 1.
 */
export const K_SHELF = [
  1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585,
] as const;
/**
 * The second biquad of the K weighting, for the hearing's lower sensitivity to bass, at 48 kHz: [b0, b1, b2, a1, a2].
 * Spec: ITU-R BS.1770-5, table 2.
 */
export const K_HIGH_PASS = [1, -2, 1, -1.99004745483398, 0.99007225036621] as const;

const ABSOLUTE_GATE = -70;
const RELATIVE_GATE = -10;

/** Sum over the channels of the K-weighted mean square as LUFS; −Infinity for zero. Spec: ITU-R BS.1770-5, annex 1. */
export const lufs = (power: number): number => (power > 0 ? -0.691 + 10 * Math.log10(power) : -Infinity);

/** LUFS of a recording from the powers of its 400 ms blocks, with both gates; −Infinity if no block is above −70. */
export function gatedLufs(blocks: readonly number[]): number {
  const heard = blocks.filter((power) => lufs(power) > ABSOLUTE_GATE);
  const gate = lufs(mean(heard)) + RELATIVE_GATE;
  return lufs(mean(heard.filter((power) => lufs(power) > gate)));
}

const mean = (list: readonly number[]): number => list.reduce((sum, power) => sum + power, 0) / list.length;
