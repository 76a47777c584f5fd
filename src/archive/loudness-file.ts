import type { PcmBlock } from '../base/media.ts';
import { LoudnessMeter, type LoudnessState } from '../media/loudness-meter.ts';
import type { RecordingLoudness } from '../wire/recording.ts';
import { type Files, writeWhole } from './files.ts';

/** Measured time between two notes on disk; at most this much is not counted when a studio is killed. */
const NOTE_EVERY_SECONDS = 20;
/** A figure is kept only if the measured time equals the recorded time, except for this share and these seconds. */
const MISSING_SHARE = 0.05;
const MISSING_SECONDS = 2;

/** `loudness.json`: the figure of a finished recording, and the state of the meter. */
interface LoudnessNote {
  readonly v: 1;
  readonly figure?: RecordingLoudness;
  readonly state?: LoudnessState;
}

/**
 * Loudness of a recording, measured while it is made and stored beside it. Methods that write may reject with the error
 * of the disk.
 */
export class LoudnessFile {
  readonly #files: Files;
  readonly #path: string;
  #meter: LoudnessMeter | undefined;
  /** Seconds included in the file. */
  #noted = 0;

  constructor(files: Files, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /** Continues from the previous run. Its figure is withdrawn, because it will not be true for the longer recording. */
  async recover(): Promise<void> {
    const { figure, state } = noteIn(await this.#files.read(this.#path));
    const meter = new LoudnessMeter(state);
    this.#noted = meter.seconds;
    this.#meter = meter;
    if (figure) await this.#write({ v: 1, ...(state ? { state } : {}) });
  }

  /** Measures 20 ms; true when it is time for a note. Before `recover` nothing is measured. */
  push({ samples, stereo }: PcmBlock): boolean {
    if (!this.#meter) return false;
    this.#meter.push(samples, stereo);
    if (this.#meter.seconds - this.#noted < NOTE_EVERY_SECONDS) return false;
    this.#noted = this.#meter.seconds;
    return true;
  }

  /** Writes the meter's current state. */
  async note(): Promise<void> {
    if (this.#meter) await this.#write({ v: 1, state: this.#meter.state });
  }

  /** Writes the figure of a recording with this many seconds; no figure when too much of it was not measured. */
  async finish(recorded: number): Promise<void> {
    const meter = this.#meter;
    if (!meter || meter.seconds === 0) return;
    const whole = Math.abs(recorded - meter.seconds) <= MISSING_SECONDS + recorded * MISSING_SHARE;
    await this.#write({ v: 1, ...(whole ? { figure: meter.figure } : {}), state: meter.state });
  }

  async #write(note: LoudnessNote): Promise<void> {
    await writeWhole(this.#files, this.#path, Buffer.from(`${JSON.stringify(note)}\n`));
  }
}

/** The content of a file; empty for a file that this program did not write. */
function noteIn(bytes: Buffer | undefined): Partial<LoudnessNote> {
  try {
    const note = JSON.parse(bytes?.toString('utf8') ?? '{}') as Partial<LoudnessNote>;
    const { bins, peak, hops } = note.state ?? { bins: [], peak: 0, hops: 0 };
    const numbers = [peak, hops, ...bins.flat()];
    return numbers.every((one) => Number.isFinite(one)) ? note : {};
  } catch {
    return {};
  }
}
