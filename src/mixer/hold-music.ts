import { BLOCK_TICKS } from '../base/time.ts';
import { Doubler } from './doubler.ts';
import { Reverb } from './reverb.ts';
import { type Note, noteLength, notesOf, SCORE_STEP } from './score.ts';
import type { Standby } from './standby.ts';

/** The music is made at half the program's rate: nothing in it lies above 6 kHz. */
const RATE = 24_000;
const FRAMES = BLOCK_TICKS / 2;
/** Blocks rendered but not played after a jump, so that notes and reverb are already sounding: 8 s. */
const RUN_UP = 400;
const TABLE = 2048;
/** Factor that brings the music to −23 LUFS. */
const VOLUME = 0.72;

interface Voice {
  readonly note: Note;
  /** Frames since the note began. */
  age: number;
  phase: number;
}

/** Earshot's own hold music: slow chords and sparse plucked tones that never repeat. −23 LUFS; left equals right. */
export function holdMusic(): Standby {
  const pad = table([1, 0.28, 0.14, 0.05, 0.02]);
  const pluck = table([1, 0.12, 0.06, 0.03]);
  const bass = table([1, 0.35, 0.08]);
  const dry = new Float32Array(FRAMES);
  const wet = new Float32Array(FRAMES);
  const mono = new Float32Array(BLOCK_TICKS);
  let reverb = new Reverb();
  let doubler = new Doubler();
  let voices: Voice[] = [];
  let next = Number.NaN;

  const block = (n: number): void => {
    if (n % SCORE_STEP === 0)
      for (const note of notesOf(n / SCORE_STEP)) voices.push({ note, age: 0, phase: note.phase });
    dry.fill(0);
    for (const voice of voices)
      sound(voice, voice.note.kind === 'pad' ? pad : voice.note.kind === 'pluck' ? pluck : bass, dry);
    voices = voices.filter((voice) => voice.age < noteLength(voice.note) * RATE);
    reverb.run(dry, wet);
    for (let i = 0; i < FRAMES; i += 1)
      dry[i] = ((dry[i] as number) * 0.75 + (wet[i] as number) * 0.55) * VOLUME;
    doubler.run(dry, mono);
    next = n + 1;
  };

  return {
    render(n, out) {
      if (n !== next) {
        reverb = new Reverb();
        doubler = new Doubler();
        voices = [];
        for (let before = n - RUN_UP; before < n; before += 1) block(before);
      }
      block(n);
      for (let i = 0; i < BLOCK_TICKS; i += 1) {
        out[2 * i] = mono[i] as number;
        out[2 * i + 1] = mono[i] as number;
      }
    },
  };
}

/** Adds one block of a voice: its wave table read at the note's pitch, times its envelope. */
function sound(voice: Voice, wave: Float32Array, out: Float32Array): void {
  const { note } = voice;
  const step = (note.hertz * TABLE) / RATE;
  let phase = voice.phase;
  let gain = envelope(note, voice.age / RATE);
  const slope = (envelope(note, (voice.age + FRAMES) / RATE) - gain) / FRAMES;
  for (let i = 0; i < FRAMES; i += 1) {
    const at = phase | 0;
    const a = wave[at] as number;
    out[i] = (out[i] as number) + (a + ((wave[at + 1] as number) - a) * (phase - at)) * gain;
    gain += slope;
    phase += step;
    if (phase >= TABLE) phase -= TABLE;
  }
  voice.phase = phase;
  voice.age += FRAMES;
}

/**
 * Level of a note `t` seconds after it began; 0 before and after it. It is linear within a block, so no slope is
 * steeper than 20 ms.
 */
function envelope(note: Note, t: number): number {
  if (t <= 0 || t >= noteLength(note)) return 0;
  if (note.kind === 'pluck')
    return note.level * Math.min(1, t / 0.02) * Math.exp(-t / 0.55) * fadeOut(t, note, 0.4);
  const rise = Math.min(1, t / note.attack);
  const swell = 1 + 0.12 * Math.sin(2 * Math.PI * (t * note.swell + note.phase / TABLE));
  return note.level * Math.sin((rise * Math.PI) / 2) ** 2 * swell * fadeOut(t, note, note.release);
}

function fadeOut(t: number, note: Note, release: number): number {
  const left = Math.min(1, (noteLength(note) - t) / release);
  return Math.sin((left * Math.PI) / 2) ** 2;
}

/** One period of a tone with these harmonics, followed by its first sample again for interpolation. */
function table(harmonics: readonly number[]): Float32Array {
  const wave = new Float32Array(TABLE + 1);
  for (let i = 0; i <= TABLE; i += 1) {
    let sum = 0;
    for (const [index, level] of harmonics.entries())
      sum += level * Math.sin((2 * Math.PI * (index + 1) * i) / TABLE);
    wave[i] = sum;
  }
  return wave;
}
