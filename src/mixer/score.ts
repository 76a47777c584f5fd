/** Blocks of 20 ms between two instants at which notes may begin: 0.4 s, an eighth at 75 beats a minute. */
export const SCORE_STEP = 20;
const STEP_SECONDS = SCORE_STEP * 0.02;
/** Steps in one chord: 6.4 s. */
const CHORD_STEPS = 16;
const PHASE_RANGE = 2048;

/** One tone of the hold music. */
export interface Note {
  readonly kind: 'pad' | 'pluck' | 'bass';
  readonly hertz: number;
  /** Linear peak level. */
  readonly level: number;
  /** Seconds for which it is held before its release. */
  readonly hold: number;
  readonly attack: number;
  readonly release: number;
  /** Speed of the slow change of level, Hz. */
  readonly swell: number;
  /** Start position in its wave table, 0 to 2,047. */
  readonly phase: number;
}

/** Semitones above C: a bass root and four close voices. Each chord leads to any other with little movement. */
const CHORDS = [
  { root: 36, voices: [52, 55, 59, 62] },
  { root: 33, voices: [52, 55, 59, 60] },
  { root: 29, voices: [52, 53, 57, 60] },
  { root: 38, voices: [50, 53, 57, 60] },
  { root: 31, voices: [50, 53, 57, 59] },
  { root: 28, voices: [50, 55, 59, 62] },
  { root: 41, voices: [52, 55, 57, 60] },
  { root: 31, voices: [50, 55, 57, 60] },
] as const;

/** Chords that may follow each chord. The walk never takes the same way for long. */
const FOLLOWS = [
  [1, 2, 5, 6],
  [2, 3, 6],
  [0, 4, 7],
  [4, 7, 2],
  [0, 5, 1],
  [1, 2, 6],
  [0, 7, 4],
  [0, 1, 5],
] as const;

/** C major pentatonic over two octaves: fits over every chord above. */
const MELODY = [60, 62, 64, 67, 69, 72, 74, 76, 79] as const;
/** Chords after which the walk restarts at its first, so that any place can be found without walking from zero. */
const PHRASE = 32;

const hertz = (midi: number): number => 440 * 2 ** ((midi + 12 - 69) / 12);

/** Seconds from a note's beginning until it is silent. */
export const noteLength = (note: Note): number => note.hold + note.release;

/** A pseudo-random number in 0 to 1 that is the same for the same arguments. */
function chance(step: number, salt: number): number {
  let h = Math.imul(step | 0, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

const pick = <T>(list: readonly T[], at: number): T =>
  list[Math.min(list.length - 1, Math.floor(at * list.length))] as T;

function chordAt(index: number): (typeof CHORDS)[number] {
  const phrase = Math.floor(index / PHRASE);
  let chord = 0;
  for (let i = phrase * PHRASE + 1; i <= index; i += 1)
    chord = pick(FOLLOWS[chord] as readonly number[], chance(i, 1));
  return CHORDS[chord] as (typeof CHORDS)[number];
}

/** The notes that begin at step `step`, any integer. */
export function notesOf(step: number): Note[] {
  const notes: Note[] = [];
  const index = Math.floor(step / CHORD_STEPS);
  const place = step - index * CHORD_STEPS;
  const chord = chordAt(index);
  const length = CHORD_STEPS * STEP_SECONDS;
  if (place === 0) {
    const base = { kind: 'bass', attack: 0.9, swell: 0.11, hold: length - 0.6, release: 2.2 } as const;
    notes.push({ ...base, hertz: hertz(chord.root), level: 0.1, phase: 0 });
    for (const [voice, midi] of chord.voices.entries())
      for (const side of [-1, 1]) {
        const detune = 2 ** ((side * (1.6 + chance(step, 20 + voice) * 1.6)) / 1200);
        notes.push({
          kind: 'pad',
          hertz: hertz(midi) * detune,
          level: 0.035,
          attack: 1.6 + chance(step, 10 + voice) * 0.8,
          hold: length - 0.5,
          release: 2.8,
          swell: 0.07 + chance(step, 30 + voice) * 0.1,
          phase: Math.floor(chance(step, 40 + voice + side) * PHASE_RANGE),
        });
      }
  }
  // Some chords have many notes of melody, some have none.
  const busy = chance(index, 2) * 0.45;
  if (place % 2 === 0 ? chance(step, 3) < busy : chance(step, 3) < busy * 0.35) {
    const midi = pick(MELODY, (chance(step, 4) + chance(step, 5)) / 2);
    const base = { kind: 'pluck', attack: 0.02, swell: 0, hold: 2.6, release: 0.4, phase: 0 } as const;
    notes.push({ ...base, hertz: hertz(midi), level: 0.05 + 0.04 * chance(step, 6) });
  }
  return notes;
}
