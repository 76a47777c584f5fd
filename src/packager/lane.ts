import type { Fragment, Rendition } from '../base/media.ts';
import { spliceable } from '../media/aac-window.ts';
import { fragmentOf } from './container.ts';
import type { EncoderBlock, FrameEncoder } from './frame-encoder.ts';

/** Receives the results of a lane. */
export interface LaneSink {
  fragment(fragment: Fragment): void;
  /** The slot of this rendition stays empty; the lane tries again in the next one. */
  failed(rendition: Rendition, error: unknown): void;
}

/** Dependencies of a lane. */
export interface LaneDeps {
  /** All renditions that are cut from this encode. */
  readonly renditions: readonly Rendition[];
  readonly sink: LaneSink;
  /** The lane of the codec's best encode, which replaces this one while it is silent; absent for that lane itself. */
  readonly instead?: Lane;
  start(): Promise<FrameEncoder>;
}

/**
 * Slots that a new encoder codes without output. Its first frame would otherwise begin in silence, since it has no
 * past.
 */
const LEAD_SLOTS = 1;

/**
 * One encode and the renditions cut from it. It runs only while one of them is selected, and starts and ends where its
 * sound can be spliced with that of the best encode. A broken encoder costs whole slots: its replacement starts at the
 * beginning of one, so that the grid is kept.
 */
export class Lane implements Disposable {
  readonly #deps: LaneDeps;
  readonly #codec: Rendition['codec'] | undefined;
  #selected: readonly Rendition[] = [];
  /** Renditions with output; empty while the lane is silent. */
  #heard: readonly Rendition[] = [];
  #encoder: FrameEncoder | undefined;
  #spare: FrameEncoder | undefined;
  #starting = false;
  #closed = false;
  /** Slots coded without output. */
  #led = 0;
  #frames: Uint8Array[] = [];
  #last: Uint8Array | undefined;

  private constructor(deps: LaneDeps) {
    this.#deps = deps;
    this.#codec = deps.renditions[0]?.codec;
  }

  /**
   * Opens the lane, with its encoder running if it is selected. @throws when the encoder does not start the first time.
   */
  static async open(deps: LaneDeps, coded: ReadonlySet<string>): Promise<Lane> {
    const lane = new Lane(deps);
    lane.#selected = deps.renditions.filter(({ id }) => coded.has(id));
    lane.#heard = lane.#selected;
    if (lane.#selected.length > 0) lane.#encoder = await deps.start();
    return lane;
  }

  /** Sets the renditions wanted from the next slot on. A silent lane needs one more slot. */
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

  /** Outputs the fragments of slot `seq`, after its last block. Must run before the lane of the best encode is cut. */
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

  /** Drops the encoder. A new one starts with the next slot for which it is ready. */
  restart(): void {
    drop(this.#encoder);
    this.#encoder = undefined;
    this.#frames = [];
    this.#last = undefined;
    if (this.#selected.length > 0) void this.#prepare();
    else this.#heard = [];
  }

  /** The first frame of the slot to be cut. */
  get firstFrame(): Uint8Array | undefined {
    return this.#frames[0];
  }

  /** The last frame of the output. */
  get lastFrame(): Uint8Array | undefined {
    return this.#last;
  }

  /** Whether a silent lane can start its output with this slot. */
  #begins(frames: readonly Uint8Array[]): boolean {
    if (this.#selected.length === 0) return false;
    // MP3 needs no lead: nobody hears it before it flows, and its first frames borrow no bits from frames nobody
    // received.
    const ready = this.#codec === 'mp3' || this.#led >= LEAD_SLOTS;
    this.#led++;
    return ready && this.#fits(this.#deps.instead?.lastFrame, frames[0]);
  }

  /**
   * Whether the output may change from this slot on. It may fall silent only where the best encode can be spliced in.
   */
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

/** Closes an encoder. A WebAssembly encoder that has trapped may trap again when it is closed. */
function drop(encoder: FrameEncoder | undefined): void {
  try {
    encoder?.[Symbol.dispose]();
  } catch {
    // Its memory is freed with its module.
  }
}
