/** Measures how much a splice adds to the coding error. */
import { decibels, difference, power } from './sound.ts';

/** 5 ms. */
const WINDOW = 240;
/** Windows examined after a splice: 40 ms. */
const WINDOWS = 8;
/** Errors below −80 dBFS count as none. */
const FLOOR = 1e-8;

/**
 * For each splice the largest excess in dB over the 5 ms windows after it: error of the spliced decode against the
 * input, over the worse of the two unspliced decodes in the same window.
 */
export function excesses(
  input: Float32Array,
  delay: number,
  spliced: Float32Array,
  unspliced: readonly Float32Array[],
  boundaries: readonly number[],
): number[] {
  return boundaries.map((boundary) => {
    let worst = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < WINDOWS; k++) {
      const from = boundary + k * WINDOW;
      const error = (decoded: Float32Array) => power(difference(decoded, input, delay, from, WINDOW)) + FLOOR;
      worst = Math.max(worst, decibels(error(spliced) / Math.max(...unspliced.map(error))));
    }
    return worst;
  });
}

/** The largest of all these excesses. */
export const worstExcess = (...args: Parameters<typeof excesses>): number => Math.max(...excesses(...args));
