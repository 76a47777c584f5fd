import type { PcmBlock } from '../base/media.ts';
import { LoudnessMeter, type LoudnessState } from '../media/loudness-meter.ts';
import type { RecordingLoudness } from '../wire/recording.ts';
import { type Files, writeWhole } from './files.ts';

/** How much is measured between two notes of it: so much is not counted when a studio is killed. */
const NOTE_EVERY_SECONDS = 20;
/** A figure is kept when what was measured is as long as what is recorded, but for this share and these seconds. */
const MISSING_SHARE = 0.05;
const MISSING_SECONDS = 2;

/** `loudness.json`: the figure of a finished recording, and what the meter had heard. */
interface LoudnessNote {
  readonly v: 1;
  readonly figure?: RecordingLoudness;
  readonly state?: LoudnessState;
}

/** How loud a recording is, measured while it is made and kept beside it. Methods that write may reject with what the disk says. */
export class LoudnessFile {
  readonly #files: Files;
  readonly #path: string;
  #meter: LoudnessMeter | undefined;
  /** Seconds that the file knows of. */
  #noted = 0;

  constructor(files: Files, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /** Goes on where the run before was. Its figure is taken back, since it will not be true of what is to come. */
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

  /** Writes down what was heard so far. */
  async note(): Promise<void> {
    if (this.#meter) await this.#write({ v: 1, state: this.#meter.state });
  }

  /** Writes the figure of a recording of so many seconds; without one when too much of it was not measured. */
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

/** What a file says; nothing of one that was not written by this program. */
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
