import { TICKS_PER_SECOND } from '../base/time.ts';
import { K_HIGH_PASS, K_SHELF, lufs } from './loudness.ts';

/** Gating blocks are 400 ms long and begin every 100 ms. */
const HOP = TICKS_PER_SECOND / 10;
const HOPS_PER_BLOCK = 4;
/** Blocks at or below this loudness do not count, LUFS. */
const ABSOLUTE_GATE = -70;
/** Largest distance of a counted block below the mean of the blocks above the absolute gate, LU. */
const RELATIVE_GATE = 10;
/** Blocks are counted in bins of 0.1 LU, from the absolute gate to +10. */
const BINS = 800;

/** State of a meter. It is small enough to be stored every minute, however long the measurement. */
export interface LoudnessState {
  /** Bin, number of blocks, sum of their powers. */
  readonly bins: readonly (readonly [number, number, number])[];
  readonly peak: number;
  readonly hops: number;
}

/** Result of a meter. */
export interface LoudnessFigure {
  /** LUFS; absent for silence. */
  readonly lufs?: number;
  /** Largest sample, dBFS. */
  readonly peak: number;
  readonly seconds: number;
}

/**
 * Integrated loudness of a stereo signal, in constant memory. Blocks are counted in bins of 0.1 LU, which is also the
 * accuracy of the relative gate. Spec: ITU-R BS.1770-5, EBU R 128.
 */
export class LoudnessMeter {
  /** Largest sample; 1 is full scale, and it may be above. */
  peak = 0;
  /** Per channel, the last two values of each filter's input and output; both filters share the values between them. */
  readonly #states = [new Float64Array(6), new Float64Array(6)] as const;
  readonly #counts = new Float64Array(BINS);
  readonly #powers = new Float64Array(BINS);
  readonly #recent = new Float64Array(HOPS_PER_BLOCK);
  /** Hops in `#recent`, and in total. */
  #filled = 0;
  #hops = 0;
  #sum = 0;
  #count = 0;

  /** Starts empty, or continues from the state of another meter. */
  constructor(state?: LoudnessState) {
    for (const [bin, count, power] of state?.bins ?? []) {
      this.#counts[bin] = count;
      this.#powers[bin] = power;
    }
    this.peak = state?.peak ?? 0;
    this.#hops = state?.hops ?? 0;
  }

  /** Seconds measured. */
  get seconds(): number {
    return this.#hops / 10;
  }

  /** State for another meter, without the incomplete block of 0.4 s. */
  get state(): LoudnessState {
    const bins: [number, number, number][] = [];
    for (let bin = 0; bin < BINS; bin++)
      if (this.#counts[bin]) bins.push([bin, this.#counts[bin] ?? 0, this.#powers[bin] ?? 0]);
    return { bins, peak: this.peak, hops: this.#hops };
  }

  /** Takes interleaved left and right, 48 kHz, full scale ±1. `stereo` false means that both are equal. */
  push(samples: Float32Array, stereo = true): void {
    for (let from = 0; from + 1 < samples.length; ) {
      const to = Math.min(samples.length & ~1, from + 2 * (HOP - this.#count));
      const left = this.#weigh(samples, from, to, this.#states[0]);
      if (stereo) this.#sum += left + this.#weigh(samples, from + 1, to, this.#states[1]);
      else {
        this.#sum += 2 * left;
        this.#states[1].set(this.#states[0]);
      }
      this.#count += (to - from) / 2;
      from = to;
      if (this.#count === HOP) this.#closeHop();
    }
  }

  #closeHop(): void {
    this.#recent[this.#hops % HOPS_PER_BLOCK] = this.#sum / HOP;
    this.#sum = 0;
    this.#count = 0;
    this.#hops++;
    this.#filled = Math.min(HOPS_PER_BLOCK, this.#filled + 1);
    if (this.#filled < HOPS_PER_BLOCK) return;
    let power = 0;
    for (const hop of this.#recent) power += hop / HOPS_PER_BLOCK;
    const loudness = lufs(power);
    if (loudness <= ABSOLUTE_GATE) return;
    const bin = Math.min(BINS - 1, Math.floor((loudness - ABSOLUTE_GATE) * 10));
    this.#counts[bin] = (this.#counts[bin] ?? 0) + 1;
    this.#powers[bin] = (this.#powers[bin] ?? 0) + power;
  }

  /**
   * The weighted power of every second sample. Both filters run in one loop, because two hours are 700 million samples.
   */
  #weigh(samples: Float32Array, from: number, to: number, state: Float64Array): number {
    const [b0, b1, b2, a1, a2] = K_SHELF;
    const [c0, c1, c2, d1, d2] = K_HIGH_PASS;
    let [x1 = 0, x2 = 0, y1 = 0, y2 = 0, z1 = 0, z2 = 0] = state;
    let peak = this.peak;
    let power = 0;
    for (let index = from; index < to; index += 2) {
      const x = samples[index] ?? 0;
      const size = x < 0 ? -x : x;
      if (size > peak) peak = size;
      const y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
      const z = c0 * y + c1 * y1 + c2 * y2 - d1 * z1 - d2 * z2;
      x2 = x1;
      x1 = x;
      y2 = y1;
      y1 = y;
      z2 = z1;
      z1 = z;
      power += z * z;
    }
    this.peak = peak;
    // Denormals make a silent filter ten times slower than a busy one.
    const still = Math.abs(y1) + Math.abs(y2) + Math.abs(z1) + Math.abs(z2) < 1e-15;
    state.set(still ? [x1, x2, 0, 0, 0, 0] : [x1, x2, y1, y2, z1, z2]);
    return power;
  }

  /** LUFS of everything so far; undefined while nothing was louder than −70. */
  integrated(): number | undefined {
    const whole = this.#mean(0);
    if (whole === undefined) return undefined;
    const gate = Math.max(0, Math.floor((lufs(whole) - RELATIVE_GATE - ABSOLUTE_GATE) * 10));
    const gated = this.#mean(gate);
    return gated === undefined ? undefined : lufs(gated);
  }

  /** Result of everything so far. */
  get figure(): LoudnessFigure {
    const lufs = this.integrated();
    return { ...(lufs === undefined ? {} : { lufs }), peak: peakDbfs(this.peak), seconds: this.seconds };
  }

  #mean(from: number): number | undefined {
    let [count, power] = [0, 0];
    for (let bin = from; bin < BINS; bin++) {
      count += this.#counts[bin] ?? 0;
      power += this.#powers[bin] ?? 0;
    }
    return count === 0 ? undefined : power / count;
  }
}

/** The largest sample as dBFS. */
const peakDbfs = (peak: number): number => 20 * Math.log10(peak + 1e-9);
