import { FRAGMENT_TICKS } from '../../base/time.ts';
import { fragmentSeq } from '../../media/boxes.ts';
import { decodeNotice, type Notice } from '../../wire/notice.ts';

/** Receives the parts of a stream. */
export interface StreamSink {
  /** The first byte of a fragment's sound arrived. */
  sound(): void;
  /** A whole fragment arrived. */
  fragment(seq: number): void;
  /** The server announced a change. */
  notice(notice: Notice): void;
  /** Reads the room's state from the stream, if it is needed. */
  readonly told?: ((box: Buffer) => void) | undefined;
  /** The bytes are not an Earshot stream; nothing more is read. */
  broken(why: string): void;
}

/** Boxes allowed between fragments: notices, segment marks, padding. Spec: ISO/IEC 14496-12; 23009-1, 5.10.3.3. */
const BETWEEN = new Set(['styp', 'sidx', 'prft', 'free', 'skip'].map(code));
const [FTYP, MOOV, MOOF, MDAT] = ['ftyp', 'moov', 'moof', 'mdat'].map(code);
const [TRAF, TFDT, EMSG] = ['traf', 'tfdt', 'emsg'].map(code);
/** Fragment headers are read whole; one larger than this is refused. */
const MAX_MOOF = 4096;
/** A larger notice is skipped unread, and so is a larger state of a room. */
const MAX_NOTICE = 1024;
const MAX_STATE = 64 << 10;
/** 320 ms of sound. */
const MAX_BOX = 1 << 20;

/**
 * Reads fragmented MP4 as it arrives. It examines only box headers; sound is counted and skipped. Between two reads it
 * keeps only a few numbers and the incomplete header of a box (4 kB at most).
 * Spec: ISO/IEC 14496-12, 4.2 and 8.8; ISO/IEC 23000-19, 7.3.2.3.
 */
export class StreamReader {
  readonly #sink: StreamSink;
  #skip = 0;
  #inSound = false;
  /** True inside a fragment's sound of which nothing has arrived yet. */
  #fresh = false;
  #seq = -1;
  #began: boolean;
  #pending: Buffer | undefined;
  #needed = 8;
  #dead = false;

  /** `began`: true for bytes that begin with a fragment instead of the decoder's configuration. */
  constructor(sink: StreamSink, began = false) {
    this.#sink = sink;
    this.#began = began;
  }

  /** True between two boxes, where a stream may end cleanly. */
  get whole(): boolean {
    return this.#skip === 0 && this.#pending === undefined && this.#seq < 0;
  }

  /** Reads the bytes from `at` to `end`; they may be overwritten afterwards. */
  push(chunk: Buffer, at: number, end: number): void {
    while (at < end && !this.#dead) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, end - at);
        if (this.#fresh) this.#sink.sound();
        this.#fresh = false;
        at += step;
        this.#skip -= step;
        if (this.#skip === 0 && this.#inSound) this.#finish();
        continue;
      }
      if (this.#pending) {
        const step = Math.min(this.#needed - this.#pending.length, end - at);
        this.#pending = Buffer.concat([this.#pending, chunk.subarray(at, at + step)]);
        at += step;
        if (this.#pending.length < this.#needed) return;
        this.#open(this.#pending, 0, this.#pending.length);
        continue;
      }
      at = this.#open(chunk, at, end);
    }
  }

  /** Reads the header of the box that begins at `at`; returns where reading continues. */
  #open(bytes: Buffer, at: number, end: number): number {
    if (end - at < 8) return this.#keep(bytes, at, end, 8);
    const size = bytes.readUInt32BE(at);
    const type = bytes.readUInt32BE(at + 4);
    if (size < 8 || size > MAX_BOX) return this.#break(`a box of ${size} bytes`);
    if (type === MOOF) {
      if (size > MAX_MOOF) return this.#break(`a header of ${size} bytes`);
      if (!this.#began) return this.#break('a fragment before the configuration');
      if (this.#seq >= 0) return this.#break('a header without its sound');
      if (end - at < size) return this.#keep(bytes, at, end, size);
      this.#pending = undefined;
      const why = this.#header(bytes.subarray(at, at + size));
      return why ? this.#break(why) : at + size;
    }
    if (type === EMSG && size <= (this.#sink.told ? MAX_STATE : MAX_NOTICE) && this.#seq < 0) {
      if (end - at < size) return this.#keep(bytes, at, end, size);
      this.#pending = undefined;
      const box = bytes.subarray(at, at + size);
      const notice = decodeNotice(box);
      if (notice) this.#sink.notice(notice);
      else this.#sink.told?.(box);
      return at + size;
    }
    this.#pending = undefined;
    if (type === MDAT) {
      if (this.#seq < 0) return this.#break('sound without its header');
      this.#skip = size - 8;
      this.#inSound = true;
      this.#fresh = this.#skip > 0;
      if (this.#skip === 0) this.#finish();
    } else if (this.#seq >= 0) return this.#break('something between a header and its sound');
    else if (type === FTYP || type === MOOV) {
      if (this.#began && type === FTYP) return this.#break('a second configuration');
      this.#began = type === MOOV;
      this.#skip = size - 8;
    } else if (type === EMSG || BETWEEN.has(type)) this.#skip = size - 8;
    else return this.#break('an unknown box');
    return at + 8;
  }

  #header(moof: Buffer): string | undefined {
    const seq = fragmentSeq(moof);
    if (seq === undefined) return 'a header without a number';
    const time = decodeTime(moof);
    if (time !== seq * FRAGMENT_TICKS) return 'a time that does not fit its number';
    this.#seq = seq;
    return undefined;
  }

  #finish(): void {
    const seq = this.#seq;
    this.#inSound = false;
    this.#seq = -1;
    this.#sink.fragment(seq);
  }

  #keep(bytes: Buffer, at: number, end: number, needed: number): number {
    this.#pending = Buffer.from(bytes.subarray(at, end));
    this.#needed = needed;
    return end;
  }

  #break(why: string): number {
    this.#dead = true;
    this.#pending = undefined;
    this.#sink.broken(why);
    return Number.POSITIVE_INFINITY;
  }
}

/** `baseMediaDecodeTime` of a header, or undefined. Spec: ISO/IEC 14496-12, 8.8.12. */
function decodeTime(moof: Buffer): number | undefined {
  let at = 8;
  let end = moof.length;
  while (at + 8 <= end) {
    const size = moof.readUInt32BE(at);
    const type = moof.readUInt32BE(at + 4);
    if (size < 8 || at + size > end) return undefined;
    if (type === TRAF) {
      end = at + size;
      at += 8;
    } else if (type === TFDT) {
      if (size < 16 || (moof[at + 8] === 1 && size < 20)) return undefined;
      return moof[at + 8] === 1
        ? moof.readUInt32BE(at + 12) * 2 ** 32 + moof.readUInt32BE(at + 16)
        : moof.readUInt32BE(at + 12);
    } else at += size;
  }
  return undefined;
}

/** A box type as the number it is read as. */
function code(type: string): number {
  return Buffer.from(type, 'latin1').readUInt32BE(0);
}
