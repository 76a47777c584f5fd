import type { Codec } from '../base/media.ts';

/** 20 ms of program as input of an encoder. The arrays are valid only during the call. */
export interface EncoderBlock {
  /** 1,920 floats, left and right interleaved. */
  readonly stereo: Float32Array;
  /** 960 floats, the mean of left and right. */
  readonly mono: Float32Array;
  /** False when left and right are equal. */
  readonly wide: boolean;
  /** Place in its fragment, 0 to 15. */
  readonly index: number;
}

/** One running encoder of one codec and bitrate. */
export interface FrameEncoder extends Disposable {
  /**
   * Takes the next block and returns the frames that it completes, oldest first.
   * @throws when the encoder is broken; it is then disposed and replaced at the next fragment.
   */
  encode(block: EncoderBlock): Uint8Array[];
}

/** Starts an encoder of each codec. The first block of an encoder must be the first of a fragment. */
export type Codecs = Readonly<Record<Codec, (bitrate: number) => Promise<FrameEncoder>>>;
