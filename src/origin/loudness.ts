import { Worker } from 'node:worker_threads';
import { GAIN_STEP_DB } from './aac-gain.ts';
import type { Measure, Measured } from './loudness-worker.ts';
import { type Piece, type Recording, type RecordingPort, replayPieces } from './recording.ts';

/** What the normalised download is brought to, as played on two loudspeakers. Spec: AES TD1008, speech. */
export const TARGET_LUFS = -16;
/** Louder is only allowed as far as the largest sample stays below this. */
const PEAK_DBFS = -1;

/** Recordings whose meters are kept, to go on where they were. */
const MAX_RECORDINGS = 4;
/** Recordings whose figure is remembered without their meter: asking for one after the other must not measure all again. */
const MAX_FIGURES = 1000;

/** How many steps of `global_gain` bring a recording nearest to −16 LUFS without clipping. */
export function gainSteps(lufs: number | undefined, peak: number): number {
  if (lufs === undefined) return 0;
  const wanted = Math.round((TARGET_LUFS - lufs) / GAIN_STEP_DB);
  return wanted <= 0 ? wanted : Math.max(0, Math.min(wanted, Math.floor((PEAK_DBFS - peak) / GAIN_STEP_DB)));
}

/** Measures recordings, each piece once. */
export interface Loudness extends AsyncDisposable {
  /** The steps for what is recorded by now; takes some 25 s per hour of recording, the first time. */
  steps(slug: string, recording: Recording): Promise<number>;
}

/** Opens the meter; its thread starts with the first question. */
export function openLoudness(port: RecordingPort): Loudness {
  let worker: Worker | undefined;
  let ids = 0;
  const waiting = new Map<number, (measured: Measured) => void>();
  /** Pieces a recording's meter has taken; another thread begins anew. */
  const taken = new Map<string, number>();
  const tails = new Map<string, Promise<number>>();
  const figures = new Map<string, { readonly pieces: number; readonly steps: number }>();

  const start = (): Worker => {
    const thread = new Worker(new URL('./loudness-worker.ts', import.meta.url));
    thread.unref();
    thread.on('message', (measured: Measured) => {
      waiting.get(measured.id)?.(measured);
      waiting.delete(measured.id);
    });
    thread.on('error', () => gone());
    thread.on('exit', () => gone());
    const gone = (): void => {
      if (worker !== thread) return;
      worker = undefined;
      taken.clear();
      for (const [id, settle] of waiting) settle({ id, lufs: undefined, peak: 0 });
      waiting.clear();
    };
    return thread;
  };

  const send = (message: Omit<Measure, 'id'>): Promise<Measured> => {
    worker ??= start();
    const thread = worker;
    const id = ids++;
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      thread.postMessage({ ...message, id } satisfies Measure);
    });
  };

  /** Meters that nobody asks any more give way. */
  const trim = (): void => {
    for (const key of taken.keys()) {
      if (taken.size <= MAX_RECORDINGS) return;
      if ([...tails.keys()].some((slug) => key.startsWith(`${slug} `))) continue;
      taken.delete(key);
      void send({ recording: key, what: 'forget' });
    }
  };

  const measure = async (slug: string, rendition: string, pieces: readonly Piece[]): Promise<number> => {
    const first = pieces[0]?.first ?? 0;
    const key = `${slug} from ${first}`;
    const known = figures.get(key);
    if (known?.pieces === pieces.length) return known.steps;
    worker ??= start();
    const thread = worker;
    for (let at = taken.get(key) ?? 0; at < pieces.length; at++) {
      const piece = pieces[at];
      const bytes = piece && (await port.read(slug, rendition, piece));
      if (bytes) await send({ recording: key, what: 'take', bytes });
      // A thread that died takes what it had heard with it: the next one who asks begins anew.
      if (worker !== thread) return 0;
      taken.set(key, at + 1);
    }
    trim();
    const { lufs, peak } = await send({ recording: key, what: 'ask' });
    if (worker !== thread) return 0;
    const steps = gainSteps(lufs, peak);
    figures.delete(key);
    figures.set(key, { pieces: pieces.length, steps });
    const oldest = figures.keys().next().value;
    if (figures.size > MAX_FIGURES && oldest !== undefined) figures.delete(oldest);
    return steps;
  };

  return {
    steps(slug, recording) {
      const opus = recording.renditions.find((r) => r.codec === 'opus' && r.container === 'fmp4');
      if (!opus) return Promise.resolve(0);
      const pieces = replayPieces(recording, opus.id);
      const before = tails.get(slug) ?? Promise.resolve(0);
      const next = before.catch(() => 0).then(() => measure(slug, opus.id, pieces));
      tails.set(slug, next);
      void next
        .catch(() => 0)
        .then(() => {
          if (tails.get(slug) === next) tails.delete(slug);
        });
      return next;
    },
    async [Symbol.asyncDispose]() {
      await worker?.terminate();
    },
  };
}
