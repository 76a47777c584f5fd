import type { Fragment, Rendition } from '../base/media.ts';
import { spliceable } from '../media/aac-window.ts';
import { fragmentOf } from './container.ts';
import type { EncoderBlock, FrameEncoder } from './frame-encoder.ts';

/** Where a lane's results go. */
export interface LaneSink {
  fragment(fragment: Fragment): void;
  /** The slot of this rendition stays empty; the lane tries again at the next one. */
  failed(rendition: Rendition, error: unknown): void;
}

/** What a lane is made of. */
export interface LaneDeps {
  /** All that is cut from this encode. */
  readonly renditions: readonly Rendition[];
  readonly sink: LaneSink;
  /** The best encode of the codec, in whose place this one is heard and which is heard in its place; absent for itself. */
  readonly instead?: Lane;
  start(): Promise<FrameEncoder>;
}

/** Slots that an encoder codes unheard before it takes over: without a past its first frame would begin in silence. */
const LEAD_SLOTS = 1;

/**
 * One encode and the renditions that are cut from it; runs only while one of them is selected, and begins and ends
 * where the sound can be spliced with that of the best encode. A broken encoder costs whole slots: its successor starts
 * at the beginning of one, so that the grid holds.
 */
export class Lane implements Disposable {
  readonly #deps: LaneDeps;
  readonly #codec: Rendition['codec'] | undefined;
  #selected: readonly Rendition[] = [];
  /** What is handed out; empty while the lane is silent. */
  #heard: readonly Rendition[] = [];
  #encoder: FrameEncoder | undefined;
  #spare: FrameEncoder | undefined;
  #starting = false;
  #closed = false;
  /** Slots coded unheard. */
  #led = 0;
  #frames: Uint8Array[] = [];
  #last: Uint8Array | undefined;

  private constructor(deps: LaneDeps) {
    this.#deps = deps;
    this.#codec = deps.renditions[0]?.codec;
  }

  /** Opens the lane, with its encoder running if it is selected. @throws when the encoder does not start the first time. */
  static async open(deps: LaneDeps, coded: ReadonlySet<string>): Promise<Lane> {
    const lane = new Lane(deps);
    lane.#selected = deps.renditions.filter(({ id }) => coded.has(id));
    lane.#heard = lane.#selected;
    if (lane.#selected.length > 0) lane.#encoder = await deps.start();
    return lane;
  }

  /** Says which renditions are wanted from the next slot on; a lane that was silent needs one slot more. */
  select(coded: ReadonlySet<string>): void {
    this.#selected = this.#deps.renditions.filter(({ id }) => coded.has(id));
    if (this.#selected.length > 0 && !this.#encoder) void this.#prepare();
  }

  /** Takes the next block. */
  push(block: EncoderBlock): void {
    if (block.index === 0) this.#beginSlot();
    if (!this.#encoder) return;
    try {
      this.#frames.push(...this.#encoder.encode(block));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** After the last block of slot `seq`: hands its fragments out. Before that of the lane that it is heard instead of. */
  cut(seq: number): void {
    const frames = this.#frames;
    this.#frames = [];
    if (!this.#encoder) return;
    if (this.#heard.length === 0 ? this.#begins(frames) : this.#mayChange()) this.#heard = this.#selected;
    if (this.#heard.length === 0) {
      if (this.#selected.length === 0) this.#stop();
      return;
    }
    try {
      for (const rendition of this.#heard)
        this.#deps.sink.fragment({
          rendition: rendition.id,
          seq,
          bytes: fragmentOf(rendition, seq, frames),
        });
      this.#last = frames.at(-1);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Gives the encoder up; another begins with the next slot for which it is ready. */
  restart(): void {
    drop(this.#encoder);
    this.#encoder = undefined;
    this.#frames = [];
    this.#last = undefined;
    if (this.#selected.length > 0) void this.#prepare();
    else this.#heard = [];
  }

  /** The first frame of the slot that is to be cut. */
  get firstFrame(): Uint8Array | undefined {
    return this.#frames[0];
  }

  /** The last frame that was handed out. */
  get lastFrame(): Uint8Array | undefined {
    return this.#last;
  }

  /** Whether a silent lane can be heard from this slot on. */
  #begins(frames: readonly Uint8Array[]): boolean {
    if (this.#selected.length === 0) return false;
    // MP3 is heard by nobody before it flows, and its first frames borrow no bits from frames nobody got.
    const ready = this.#codec === 'mp3' || this.#led >= LEAD_SLOTS;
    this.#led++;
    return ready && this.#fits(this.#deps.instead?.lastFrame, frames[0]);
  }

  /** Whether what is heard may be another choice from this slot on: silence only where the best encode can go on. */
  #mayChange(): boolean {
    return this.#selected.length > 0 || this.#fits(this.#last, this.#deps.instead?.firstFrame);
  }

  #fits(before: Uint8Array | undefined, after: Uint8Array | undefined): boolean {
    return this.#codec !== 'aac' || !before || !after || spliceable(before, after);
  }

  #fail(error: unknown): void {
    const hurt = this.#heard;
    this.restart();
    for (const rendition of hurt) this.#deps.sink.failed(rendition, error);
  }

  #stop(): void {
    drop(this.#encoder);
    this.#encoder = undefined;
    this.#last = undefined;
  }

  #beginSlot(): void {
    if (this.#encoder || this.#selected.length === 0) return;
    this.#encoder = this.#spare;
    this.#spare = undefined;
    this.#led = 0;
    if (!this.#encoder) void this.#prepare();
  }

  async #prepare(): Promise<void> {
    if (this.#starting || this.#spare || this.#closed) return;
    this.#starting = true;
    try {
      const encoder = await this.#deps.start();
      if (this.#closed) drop(encoder);
      else this.#spare = encoder;
    } catch (error) {
      for (const rendition of this.#selected) this.#deps.sink.failed(rendition, error);
    } finally {
      this.#starting = false;
    }
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    drop(this.#encoder);
    drop(this.#spare);
    this.#encoder = undefined;
    this.#spare = undefined;
  }
}

/** A WebAssembly encoder that has trapped may trap again when it is closed. */
function drop(encoder: FrameEncoder | undefined): void {
  try {
    encoder?.[Symbol.dispose]();
  } catch {
    // Its memory goes with its module.
  }
}
