import type { Fragment, Rendition } from '../base/media.ts';
import { fragmentOf } from './container.ts';
import type { EncoderBlock, FrameEncoder } from './frame-encoder.ts';

/** Where a lane's results go. */
export interface LaneSink {
  fragment(fragment: Fragment): void;
  /** The slot of this rendition stays empty; the lane tries again at the next one. */
  failed(rendition: Rendition, error: unknown): void;
}

/**
 * One encode and the renditions that are cut from it. A broken encoder costs whole slots: its successor starts at the
 * beginning of one, so that the grid holds.
 */
export class Lane implements Disposable {
  readonly #renditions: readonly Rendition[];
  readonly #start: () => Promise<FrameEncoder>;
  readonly #sink: LaneSink;
  #encoder: FrameEncoder | undefined;
  #spare: FrameEncoder | undefined;
  #starting = false;
  #closed = false;
  #frames: Uint8Array[] = [];

  private constructor(renditions: readonly Rendition[], start: () => Promise<FrameEncoder>, sink: LaneSink) {
    this.#renditions = renditions;
    this.#start = start;
    this.#sink = sink;
  }

  /** Opens the lane with its encoder running. @throws when the encoder does not start the first time. */
  static async open(
    renditions: readonly Rendition[],
    start: () => Promise<FrameEncoder>,
    sink: LaneSink,
  ): Promise<Lane> {
    const lane = new Lane(renditions, start, sink);
    lane.#encoder = await start();
    return lane;
  }

  /** Takes block `index` of slot `seq`; at index 15 the slot's fragments are handed out before this returns. */
  push(block: EncoderBlock, seq: number): void {
    if (block.index === 0) this.#beginSlot();
    if (!this.#encoder) return;
    try {
      this.#frames.push(...this.#encoder.encode(block));
      if (block.index < 15) return;
      for (const rendition of this.#renditions) {
        this.#sink.fragment({
          rendition: rendition.id,
          seq,
          bytes: fragmentOf(rendition, seq, this.#frames),
        });
      }
    } catch (error) {
      this.restart();
      for (const rendition of this.#renditions) this.#sink.failed(rendition, error);
    }
    this.#frames = [];
  }

  /** Gives the encoder up; another begins with the next slot for which it is ready. */
  restart(): void {
    drop(this.#encoder);
    this.#encoder = undefined;
    this.#frames = [];
    void this.#prepare();
  }

  #beginSlot(): void {
    if (this.#encoder) return;
    this.#encoder = this.#spare;
    this.#spare = undefined;
    if (!this.#encoder) void this.#prepare();
  }

  async #prepare(): Promise<void> {
    if (this.#starting || this.#spare || this.#closed) return;
    this.#starting = true;
    try {
      const encoder = await this.#start();
      if (this.#closed) drop(encoder);
      else this.#spare = encoder;
    } catch (error) {
      for (const rendition of this.#renditions) this.#sink.failed(rendition, error);
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
