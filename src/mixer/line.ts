/** Capacity in sample frames: one packet of 120 ms, one mirrored frame and the block being read, with a margin. */
const CAPACITY = 16_384;
const TAPS = 16;
const HALF = TAPS / 2;
/** Fractional positions between two samples. The nearest one is used; the error at 10 kHz is at most −70 dB. */
const PHASES = 2048;
/** Length of the blend across a cut: 5 ms. */
const BLEND = 240;
/** A smaller difference between left and right comes from a stereo decoder that decodes a mono voice. */
const SAME = 3e-5;
/** Passband of the interpolator as a share of Nyquist. */
const CUTOFF = 0.93;

const KERNEL = kernel();

/** Buffer of one speaker's decoded sound between decoder and mix. It is read at a rate within 1 ± 0.01 of nominal. */
export class SpeakerBuffer {
  #left = new Float32Array(CAPACITY);
  #right = new Float32Array(CAPACITY);
  #start = HALF;
  #end = HALF;
  #fraction = 0;
  #quietFrom = HALF;
  #stereoUntil = 0;
  #tail = new Float32Array(2 * BLEND);
  #cut = false;

  /** Sample frames that can still be read, without the few that the interpolator needs ahead. */
  get available(): number {
    return this.#end - this.#start - HALF;
  }

  /** Whether everything left in the buffer is digital silence. */
  get silent(): boolean {
    return this.#quietFrom <= this.#start - HALF;
  }

  /**
   * Appends `frames` of interleaved stereo from `pcm`; the gain runs from `from` to `to`. It throws beyond 340 ms held.
   */
  write(pcm: Float32Array, frames: number, from = 1, to = 1): void {
    this.#reserve(frames);
    const left = this.#left;
    const right = this.#right;
    const step = (to - from) / frames;
    let gain = from;
    let differs = false;
    for (let i = 0, at = this.#end; i < frames; i += 1, at += 1) {
      const l = (pcm[2 * i] ?? 0) * gain;
      const r = (pcm[2 * i + 1] ?? 0) * gain;
      const apart = Math.abs(l - r) > SAME;
      left[at] = l;
      right[at] = apart ? r : l;
      differs ||= apart;
      gain += step;
    }
    if (this.#cut) this.#blend(Math.min(BLEND, frames));
    this.#end += frames;
    this.#quietFrom = this.#end;
    if (differs) this.#stereoUntil = this.#end;
  }

  /** Appends `frames` of silence. */
  rest(frames: number): void {
    this.#reserve(frames);
    this.#left.fill(0, this.#end, this.#end + frames);
    this.#right.fill(0, this.#end, this.#end + frames);
    if (this.#cut) {
      this.#blend(Math.min(BLEND, frames));
      this.#quietFrom = this.#end + Math.min(BLEND, frames);
    }
    this.#end += frames;
  }

  /** Leaves `pcm` out: its beginning fades into the next sound that is written, so that the cut does not click. */
  omit(pcm: Float32Array): void {
    if (this.#cut) return;
    this.#tail.set(pcm.subarray(0, 2 * BLEND));
    this.#cut = true;
  }

  /** Reads `left.length` frames at `ratio` input frames per output frame. Returns whether left and right differ. */
  read(left: Float32Array, right: Float32Array, ratio: number): boolean {
    const stereo = this.#stereoUntil > this.#start - HALF;
    const at = this.#start;
    const fraction = this.#fraction;
    interpolate(this.#left, at, fraction, ratio, left);
    if (stereo) interpolate(this.#right, at, fraction, ratio, right);
    else right.set(left);
    const end = fraction + ratio * left.length;
    this.#start = at + Math.floor(end);
    this.#fraction = end - Math.floor(end);
    return stereo;
  }

  #reserve(frames: number): void {
    if (this.#end + frames <= CAPACITY) return;
    const shift = this.#start - HALF;
    if (this.#end - shift + frames > CAPACITY) throw new RangeError(`A line holds ${CAPACITY} frames`);
    this.#left.copyWithin(0, shift, this.#end);
    this.#right.copyWithin(0, shift, this.#end);
    this.#start -= shift;
    this.#end -= shift;
    this.#quietFrom -= shift;
    this.#stereoUntil -= shift;
  }

  #blend(frames: number): void {
    for (let i = 0; i < frames; i += 1) {
      const fresh = (i + 0.5) / frames;
      const at = this.#end + i;
      this.#left[at] = (this.#left[at] ?? 0) * fresh + (this.#tail[2 * i] ?? 0) * (1 - fresh);
      this.#right[at] = (this.#right[at] ?? 0) * fresh + (this.#tail[2 * i + 1] ?? 0) * (1 - fresh);
    }
    this.#cut = false;
  }
}

/** The 16 taps are written out: a loop costs twice as much, and this is the most expensive code of the mixer. */
function interpolate(
  from: Float32Array,
  start: number,
  fraction: number,
  ratio: number,
  out: Float32Array,
): void {
  for (let n = 0; n < out.length; n += 1) {
    const place = fraction + ratio * n;
    const whole = Math.floor(place);
    const r = Math.round((place - whole) * PHASES) * TAPS;
    const i = start + whole - HALF + 1;
    out[n] =
      (KERNEL[r] as number) * (from[i] as number) +
      (KERNEL[r + 1] as number) * (from[i + 1] as number) +
      (KERNEL[r + 2] as number) * (from[i + 2] as number) +
      (KERNEL[r + 3] as number) * (from[i + 3] as number) +
      (KERNEL[r + 4] as number) * (from[i + 4] as number) +
      (KERNEL[r + 5] as number) * (from[i + 5] as number) +
      (KERNEL[r + 6] as number) * (from[i + 6] as number) +
      (KERNEL[r + 7] as number) * (from[i + 7] as number) +
      (KERNEL[r + 8] as number) * (from[i + 8] as number) +
      (KERNEL[r + 9] as number) * (from[i + 9] as number) +
      (KERNEL[r + 10] as number) * (from[i + 10] as number) +
      (KERNEL[r + 11] as number) * (from[i + 11] as number) +
      (KERNEL[r + 12] as number) * (from[i + 12] as number) +
      (KERNEL[r + 13] as number) * (from[i + 13] as number) +
      (KERNEL[r + 14] as number) * (from[i + 14] as number) +
      (KERNEL[r + 15] as number) * (from[i + 15] as number);
  }
}

/** Kaiser-windowed sinc, one row per phase, both ends included; each row sums to 1. */
function kernel(): Float32Array {
  const table = new Float32Array((PHASES + 1) * TAPS);
  for (let phase = 0; phase <= PHASES; phase += 1) {
    let sum = 0;
    for (let k = 0; k < TAPS; k += 1) {
      const x = k - HALF + 1 - phase / PHASES;
      const angle = Math.PI * CUTOFF * x;
      const sinc = Math.abs(x) < 1e-9 ? 1 : Math.sin(angle) / angle;
      const edge = 1 - (x / HALF) ** 2;
      const value = edge < 0 ? 0 : sinc * bessel(6.5 * Math.sqrt(edge));
      table[phase * TAPS + k] = value;
      sum += value;
    }
    for (let k = 0; k < TAPS; k += 1) table[phase * TAPS + k] = (table[phase * TAPS + k] ?? 0) / sum;
  }
  return table;
}

/** Modified Bessel function of the first kind, order 0. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 40; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
