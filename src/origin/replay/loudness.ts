import type { Log } from '../../base/log.ts';
import type { RecordingLoudness } from '../../wire/recording.ts';
import { GAIN_STEP_DB } from './aac-gain.ts';
import type { ReplayMaker } from './replay-maker.ts';

/** What the normalised download is brought to, as played on two loudspeakers. Spec: AES TD1008, speech. */
export const TARGET_LUFS = -16;
/** Gain is limited so that the largest sample stays below this. */
const PEAK_DBFS = -1;
/** Limit of recordings waiting to be measured; further requests are told to come back later. */
const MAX_WAITING = 8;

/** How many steps of `global_gain` bring a recording nearest to −16 LUFS without clipping. */
export function gainSteps(lufs: number | undefined, peak: number): number {
  if (lufs === undefined) return 0;
  const wanted = Math.round((TARGET_LUFS - lufs) / GAIN_STEP_DB);
  return wanted <= 0 ? wanted : Math.max(0, Math.min(wanted, Math.floor((PEAK_DBFS - peak) / GAIN_STEP_DB)));
}

/**
 * Measures recordings that no studio measured (those from before studios did), one at a time, with spare processor
 * time.
 */
export interface LoudnessQueue extends AsyncDisposable {
  /**
   * The figure, if it is known; otherwise it is measured in the background, or `busy` when too many others wait.
   */
  ask(slug: string): RecordingLoudness | 'measuring' | 'busy';
}

/** Opens the queue; `maker` works in its own thread, because measuring an hour of sound takes half a minute. */
export function openLoudness(maker: ReplayMaker, log: Log): LoudnessQueue {
  const waiting = new Set<string>();
  /** Measured, and perhaps not yet read back from the disk; small. */
  const measured = new Map<string, RecordingLoudness>();
  const stop = new AbortController();
  let tail: Promise<void> = Promise.resolve();
  const measure = async (slug: string): Promise<void> => {
    try {
      const made = await maker.make({ what: 'loudness', slug, over: true }, stop.signal);
      if (stop.signal.aborted) return;
      // A recording without a sound of ours has nothing to measure: it is left as it is.
      measured.set(slug, made && 'peak' in made ? made : { peak: 0, seconds: 0 });
      const oldest = measured.keys().next().value;
      if (measured.size > 100 * MAX_WAITING && oldest !== undefined) measured.delete(oldest);
    } catch (error) {
      if (!stop.signal.aborted)
        log.warn(
          { slug, error: String(error) },
          'the loudness of a recording cannot be measured: its replay works, but not with `loudness=normalised`',
        );
    } finally {
      waiting.delete(slug);
    }
  };
  return {
    ask(slug) {
      const known = measured.get(slug);
      if (known) return known;
      if (waiting.has(slug)) return 'measuring';
      if (waiting.size >= MAX_WAITING) return 'busy';
      waiting.add(slug);
      tail = tail.then(() => measure(slug));
      return 'measuring';
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await tail;
    },
  };
}
