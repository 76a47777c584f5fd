import { createDecoder, type OpusDecoderHandle } from 'libopus-wasm';
import { FRAGMENT_MS } from '../../base/time.ts';
import { boxes, fragmentFrames, fragmentSeq } from '../../media/boxes.ts';

/** Quieter than this, in dBFS over one frame, is silence. */
const SILENCE_DBFS = -60;
/** Silence shorter than this is a pause. Milliseconds. */
const DEAD_AIR_MS = 2000;
/** Frames of Opus as Earshot writes it. Milliseconds. */
const FRAME_MS = 20;
/** A stream with larger boxes is not ours. */
const MAX_PENDING_BYTES = 4 << 20;

/** A silence of the program; `at` in ms of media time since the first fragment heard. */
export interface HeardSilence {
  readonly at: number;
  readonly seconds: number;
}

/** What was found in a stream. */
export interface Hearing {
  fragments: number;
  bytes: number;
  /** Slots that never came. */
  gaps: number;
  /** Slots that came again. */
  repeats: number;
  /** Newest slot. */
  last: number | undefined;
  /** Arrival minus end of slot, ms, for each fragment of which the program's zero is known. */
  readonly delays: number[];
  readonly deadAir: HeardSilence[];
}

/** Reads the bytes of one stream after another and records what a listener would notice. */
export class StreamCheck {
  readonly heard: Hearing = {
    fragments: 0,
    bytes: 0,
    gaps: 0,
    repeats: 0,
    last: undefined,
    delays: [],
    deadAir: [],
  };
  readonly #zero: number | undefined;
  readonly #pcm: ((samples: Float32Array) => void) | undefined;
  readonly #raw: ((bytes: Buffer) => void) | undefined;
  #decoder: OpusDecoderHandle | undefined;
  #pending: Buffer = Buffer.alloc(0);
  #init: Buffer | undefined;
  #moof: Buffer | undefined;
  #media = 0;
  #quietSince: number | undefined;

  /**
   * `zero`: when the program began, ms since 1970. `pcm` gets interleaved stereo at 48 kHz, `raw` the MP4 as it came.
   */
  constructor(options: {
    zero?: number;
    pcm?: (samples: Float32Array) => void;
    raw?: (bytes: Buffer) => void;
  }) {
    this.#zero = options.zero;
    this.#pcm = options.pcm;
    this.#raw = options.raw;
  }

  /** Call before each connection's first byte: an unfinished fragment is forgotten. */
  connected(): void {
    this.#pending = Buffer.alloc(0);
    this.#moof = undefined;
  }

  /** Takes bytes as they arrive, at wall-clock time `now`. @throws RangeError on bytes that are not MP4. */
  async take(chunk: Buffer, now: number): Promise<void> {
    this.heard.bytes += chunk.length;
    this.#pending = this.#pending.length > 0 ? Buffer.concat([this.#pending, chunk]) : chunk;
    let done = 0;
    for (const box of boxes(this.#pending)) {
      await this.#box(box.type, this.#pending.subarray(box.start, box.end), now);
      done = box.end;
    }
    this.#pending = this.#pending.subarray(done);
    if (this.#pending.length > MAX_PENDING_BYTES) throw new RangeError('this is not an Earshot stream');
  }

  /** True when the sound is decoded, so that silence can be detected. */
  get decodes(): boolean {
    return this.#decoder !== undefined;
  }

  /** Ends the last silence, because the stream is over. */
  close(): void {
    this.#endQuiet();
    this.#decoder?.free();
  }

  async #box(type: string, bytes: Buffer, now: number): Promise<void> {
    if (type === 'ftyp') this.#init = Buffer.from(bytes);
    else if (type === 'moov' && this.#init) {
      if (this.heard.last === undefined) this.#raw?.(Buffer.concat([this.#init, bytes]));
      if (bytes.includes('dOps')) this.#decoder ??= await createDecoder({ channels: 2 });
    } else if (type === 'moof') this.#moof = Buffer.from(bytes);
    else if (type === 'mdat' && this.#moof) {
      this.#fragment(Buffer.concat([this.#moof, bytes]), now);
      this.#moof = undefined;
    }
  }

  #fragment(bytes: Buffer, now: number): void {
    const seq = fragmentSeq(bytes);
    if (seq === undefined) return;
    const { heard } = this;
    if (heard.last !== undefined && seq <= heard.last) {
      heard.repeats++;
      return;
    }
    if (heard.last !== undefined) heard.gaps += seq - heard.last - 1;
    heard.last = seq;
    heard.fragments++;
    if (this.#zero !== undefined) heard.delays.push(now - this.#zero - (seq + 1) * FRAGMENT_MS);
    this.#raw?.(bytes);
    if (this.#decoder) for (const frame of fragmentFrames(bytes)) this.#frame(this.#decoder, frame);
    else this.#media += FRAGMENT_MS;
  }

  #frame(decoder: OpusDecoderHandle, frame: Uint8Array): void {
    const samples = decoder.decodeFloat(frame);
    this.#pcm?.(samples);
    let power = 0;
    for (const sample of samples) power += sample * sample;
    const level = 10 * Math.log10(power / samples.length + 1e-20);
    if (level < SILENCE_DBFS) this.#quietSince ??= this.#media;
    else this.#endQuiet();
    this.#media += FRAME_MS;
  }

  #endQuiet(): void {
    const since = this.#quietSince;
    this.#quietSince = undefined;
    if (since !== undefined && this.#media - since >= DEAD_AIR_MS)
      this.heard.deadAir.push({ at: since, seconds: (this.#media - since) / 1000 });
  }
}
