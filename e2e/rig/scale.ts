/** A long scale of tones from which it can be told what of it somebody heard, and the tone of whoever comes on stage. */
import { writeFileSync } from 'node:fs';
import { wavFile } from '../../test/sound-file.ts';
import { RATE } from './sound.ts';

/** Different tones of the scale. */
const TONES = 16;
/** Length of a step, ms. */
export const STEP_MS = 250;
const LOWEST = 480;
/** One tone is so much higher than the one below: a sound played 4 % faster is still nearest to its own tone. */
const RATIO = 1.12;
/** The tone of whoever comes on stage. */
const PILOT = 3_900;

/**
 * The tones in their order, 32 s before they begin again. In each round they follow one another at another odd distance,
 * so that two tones in a row are found in one place only, and no place is taken for another one seconds away.
 */
export const SCALE: readonly number[] = Array.from({ length: TONES / 2 }, (_, round) =>
  Array.from({ length: TONES }, (_, i) => (i * (2 * round + 1)) % TONES),
).flat();

/** What `hearTone` looks for. */
export const TONES_HEARD = { tones: TONES, lowest: LOWEST, ratio: RATIO, pilot: PILOT } as const;

/** Samples of the scale, once. */
export function scaleSamples(): Float32Array {
  const length = (RATE * STEP_MS) / 1000;
  const samples = new Float32Array(SCALE.length * length);
  let phase = 0;
  for (let i = 0; i < samples.length; i++) {
    const tone = SCALE[Math.floor(i / length)] ?? 0;
    phase += (2 * Math.PI * LOWEST * RATIO ** tone) / RATE;
    samples[i] = 0.3 * Math.sin(phase);
  }
  return samples;
}

/** A second of the tone by which whoever comes on stage is recognised in a mix. */
export function pilotSamples(): Float32Array {
  return Float32Array.from({ length: RATE }, (_, i) => 0.2 * Math.sin((2 * Math.PI * PILOT * i) / RATE));
}

/** Writes the scale, over and over, for a fake microphone. */
export const writeScale = (path: string): void => writeFileSync(path, wavFile(scaleSamples(), 1));

/** Writes the tone of whoever comes on stage. */
export const writePilot = (path: string): void => writeFileSync(path, wavFile(pilotSamples(), 1));

/**
 * Which tone of the scale is heard in 1,024 samples, −1 for none, and whether the pilot is there. By the power of each
 * tone, as it is and played up to 4 % faster: counting how often the sound crosses zero takes two tones for a third one.
 * It runs on the audio thread of a page too, so it uses nothing but its arguments.
 */
export function hearTone(
  samples: Float32Array,
  { tones, lowest, ratio, pilot }: typeof TONES_HEARD,
): readonly [tone: number, pilot: boolean] {
  const length = samples.length;
  const shaped = samples.map((sample, i) => sample * (1 - Math.cos((2 * Math.PI * (i + 0.5)) / length)));
  const power = (frequency: number): number => {
    const step = 2 * Math.cos((2 * Math.PI * frequency) / 48_000);
    let [a, b] = [0, 0];
    for (let i = 0; i < length; i++) [a, b] = [(shaped[i] ?? 0) + step * a - b, a];
    return (4 * (a * a + b * b - step * a * b)) / (length * length);
  };
  const pilotPower = power(pilot);
  let [tone, most] = [-1, 1e-4];
  for (let i = 0; i < tones; i++) {
    for (const faster of [1, 1.02, 1.04]) {
      const one = power(lowest * ratio ** i * faster);
      if (one > most) [tone, most] = [i, one];
    }
  }
  return [tone, pilotPower > 1e-5 && pilotPower > 10 * power(pilot * 1.06)];
}

/** What was heard in 21 ms: wall-clock ms, the tone of the scale or −1, whether the pilot was there, and of what. */
export type HeardAt = readonly [at: number, tone: number, pilot: boolean, from: 'program' | 'stage'];

const LOOK_MS = 1_024 / 48;
/** Looks of 21 ms in which something must be heard to count; a step lasts twelve. One alone may see anything. */
const LOOKS = 3;

/** When something was first heard for 60 ms. */
export function firstHeard(heard: readonly HeardAt[], is: (look: HeardAt) => boolean): number | undefined {
  const looks = heard.filter(is);
  return looks.find(([at], i) => (looks[i + LOOKS - 1]?.[0] ?? Infinity) - at < 4 * LOOK_MS)?.[0];
}

/** What was missed of a scale that went on all the time. */
export interface Missed {
  /** Steps that were not heard at all between the first and the last one that was. */
  readonly missed: number;
  /** Different steps heard. */
  readonly heard: number;
  /** Where steps are missing: after which one, how many, when, and what was heard next. */
  readonly where: readonly string[];
}

interface Tone {
  readonly tone: number;
  readonly from: HeardAt[3];
  readonly at: number;
  looks: number;
}

/** What one of several sources played: tones that lasted for a while, in their order. */
function lastingTones(heard: readonly HeardAt[], from: HeardAt[3]): Tone[] {
  const tones: Tone[] = [];
  for (const [at, tone, , source] of heard.toSorted(([a], [b]) => a - b)) {
    if (tone < 0 || source !== from) continue;
    const last = tones.at(-1);
    if (last?.tone === tone) last.looks += 1;
    else tones.push({ tone, at, from, looks: 1 });
  }
  const lasting = tones.filter(({ looks }) => looks >= LOOKS);
  // What a single look broke in two is one tone.
  return lasting.filter(({ tone }, i) => tone !== lasting[i - 1]?.tone);
}

/** Two tones in a row, and where in the scale they are. */
interface Pair {
  readonly place: number;
  readonly first: Tone;
  readonly second: Tone;
}

/** The places of a source's tones; a pair without another that goes on where it ends, or before it, is a mistake. */
function pairsOf(tones: readonly Tone[]): Pair[] {
  const follows = (place: number, other: number | undefined): boolean =>
    place >= 0 && other !== undefined && other >= 0 && (other + 1) % SCALE.length === place;
  const pairs = tones.slice(1).map((second, i) => {
    const first = tones[i] ?? second;
    const place = SCALE.findIndex(
      (tone, at) => tone === first.tone && SCALE[(at + 1) % SCALE.length] === second.tone,
    );
    return { place, first, second };
  });
  return pairs.filter(
    ({ place }, i) => follows(place, pairs[i - 1]?.place) || follows(pairs[i + 1]?.place ?? -1, place),
  );
}

/**
 * The steps of the scale that were not heard between the first and the last one. Two tones in a row tell which steps
 * they are, so that what is heard twice, or much later, is not taken for something else.
 */
export function missedSteps(heard: readonly HeardAt[]): Missed {
  const places = new Map<number, Tone>();
  let newest: number | undefined;
  const pairs = (['stage', 'program'] as const)
    .flatMap((from) => pairsOf(lastingTones(heard, from)))
    .toSorted((a, b) => a.second.at - b.second.at);
  for (const { place, first, second } of pairs) {
    // Of the turns of the scale the one that is nearest to what was heard just before.
    const turns: number = newest === undefined ? 0 : Math.round((place - newest) / SCALE.length);
    const step = place - SCALE.length * turns;
    if (!places.has(step)) places.set(step, first);
    if (!places.has(step + 1)) places.set(step + 1, second);
    newest = step;
  }
  const steps = [...places.keys()].toSorted((a, b) => a - b);
  const where: string[] = [];
  let missed = 0;
  for (const [i, step] of steps.slice(1).entries()) {
    const last = steps[i] ?? step;
    const gap = step - last - 1;
    if (gap <= 0) continue;
    missed += gap;
    const [before, after] = [places.get(last), places.get(step)];
    where.push(
      `${gap} between the ${before?.from} and, ${Math.round((after?.at ?? 0) - (before?.at ?? 0))} ms later, the ${after?.from}`,
    );
  }
  return { missed, heard: steps.length, where };
}
