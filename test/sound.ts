/** Sounds generated from a seed, and measurements on them. Mono, 48 kHz, full scale ±1. */

/** Deterministic noise, −1 to 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x80000000 - 1;
  };
}

/** Three resonances (Hz, bandwidth in Hz) of a few vowels. */
const VOWELS = [
  [730, 90, 1090, 110, 2440, 170],
  [270, 60, 2290, 100, 3010, 170],
  [300, 60, 870, 90, 2240, 170],
  [530, 80, 1840, 100, 2480, 170],
  [570, 80, 840, 90, 2410, 170],
] as const;

/** A sound similar to a voice: glottal pulses through vowels, hisses between them, pauses; about −18 dBFS. */
export function speechLike(seconds: number, seed = 1): Float32Array {
  const random = seeded(seed);
  const out = new Float32Array(Math.round(seconds * 48_000));
  let at = 0;
  while (at < out.length) {
    const kind = random();
    const length = Math.round(48_000 * (0.09 + 0.08 * (random() + 1)));
    if (kind > -0.7) at = voiced(out, at, length, random, seed);
    if (kind < 0.2) at = hiss(out, at, Math.round(length / 3), random);
    if (kind < -0.6) at += length;
  }
  return out;
}

function voiced(out: Float32Array, from: number, length: number, random: () => number, seed: number): number {
  const vowel = VOWELS[Math.floor(((random() + 1) / 2) * VOWELS.length)] ?? VOWELS[0];
  const pitch = (seed % 2 ? 115 : 190) * (1 + 0.15 * random());
  const bend = 0.15 * random();
  const memory = [0, 0, 0, 0, 0, 0];
  let phase = 0;
  for (let i = 0; i < length && from + i < out.length; i++) {
    phase += (pitch * (1 + (bend * i) / length)) / 48_000;
    let sample = 0.003 * random();
    if (phase >= 1) {
      phase -= 1;
      sample += 1;
    }
    for (let k = 0; k < 3; k++) {
      const radius = Math.exp((-Math.PI * (vowel[2 * k + 1] ?? 100)) / 48_000);
      const turn = 2 * radius * Math.cos((2 * Math.PI * (vowel[2 * k] ?? 500)) / 48_000);
      const a = memory[2 * k] ?? 0;
      const b = memory[2 * k + 1] ?? 0;
      const y = (1 - radius) * 6 * sample + turn * a - radius * radius * b;
      memory[2 * k + 1] = a;
      memory[2 * k] = y;
      sample = y + 0.2 * sample;
    }
    const rise = Math.min(1, i / 1200, (length - i) / 1500);
    out[from + i] = Math.max(-0.9, Math.min(0.9, 0.6 * sample * rise));
  }
  return from + length;
}

function hiss(out: Float32Array, from: number, length: number, random: () => number): number {
  let last = 0;
  for (let i = 0; i < length && from + i < out.length; i++) {
    const noise = random();
    const rise = Math.min(1, i / 300, (length - i) / 600);
    out[from + i] = 0.03 * (noise - 0.8 * last) * rise;
    last = noise;
  }
  return from + length;
}

/** A chord with slow tremolo: smooth, without transients. */
export function chord(seconds: number): Float32Array {
  return Float32Array.from({ length: Math.round(seconds * 48_000) }, (_, i) => {
    const t = (2 * Math.PI * i) / 48_000;
    return (
      0.1 * (Math.sin(220 * t) + Math.sin(277.18 * t) + Math.sin(329.63 * t)) * (1 + 0.2 * Math.sin(0.7 * t))
    );
  });
}

/** A tone. */
export const tone = (seconds: number, hertz = 440, level = 0.3): Float32Array =>
  Float32Array.from(
    { length: Math.round(seconds * 48_000) },
    (_, i) => level * Math.sin((2 * Math.PI * hertz * i) / 48_000),
  );

/** Mean square of a stretch; samples outside the sound count as silence. */
export function power(sound: Float32Array, from = 0, length = sound.length): number {
  let sum = 0;
  for (let i = from; i < from + length; i++) sum += (sound[i] ?? 0) ** 2;
  return sum / length;
}

/** Decibels of a power ratio. */
export const decibels = (ratio: number): number => 10 * Math.log10(Math.max(ratio, 1e-14));

/** `late` minus `sound` shifted later by `delay`, over a stretch of `late`. */
export function difference(
  late: Float32Array,
  sound: Float32Array,
  delay: number,
  from = 0,
  length = late.length,
) {
  const out = new Float32Array(length);
  for (let i = 0; i < length; i++) out[i] = (late[from + i] ?? 0) - (sound[from + i - delay] ?? 0);
  return out;
}

/**
 * The number of samples by which `late` follows `sound`: the best correlation over a second from `from`, 0 to `most`.
 */
export function delayOf(late: Float32Array, sound: Float32Array, most = 4096, from = 48_000): number {
  let best = Number.NEGATIVE_INFINITY;
  let found = -1;
  for (let delay = 0; delay <= most; delay++) {
    let sum = 0;
    for (let i = from; i < from + 24_000; i += 3) sum += (late[i] ?? 0) * (sound[i - delay] ?? 0);
    if (sum > best) {
      best = sum;
      found = delay;
    }
  }
  return found;
}

/** Signal to error in dB after undoing the delay. */
export function snr(
  late: Float32Array,
  sound: Float32Array,
  delay: number,
  from = 9_600,
  length = 96_000,
): number {
  return decibels(power(late, from, length) / power(difference(late, sound, delay, from, length)));
}
