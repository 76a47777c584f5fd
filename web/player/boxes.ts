import { decodeNotice, type Notice } from '../../src/wire/notice.ts';
import { decodeState, type StateChange } from '../../src/wire/state-box.ts';

/** The largest box that is accepted; a larger one is not ours, and reading stops. */
export const MAX_BOX_BYTES = 1 << 20;

/** Something that can be appended whole: the decoder's configuration, or one fragment of sound. */
export type Cut =
  | { readonly kind: 'init'; readonly bytes: Uint8Array<ArrayBuffer> }
  | {
      readonly kind: 'fragment';
      readonly seq: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
      /** The notices that the door sent in front of it; absent when there are none. */
      readonly notices?: readonly Notice[];
      /** What it has told of the room. */
      readonly changes?: readonly StateChange[];
    };

const MOOF = 0x6d6f6f66;
const MDAT = 0x6d646174;
const MOOV = 0x6d6f6f76;
const EMSG = 0x656d7367;

/**
 * Cuts a byte stream into whole init segments and whole fragments; a cut fragment must never reach a decoder.
 * Unknown boxes in front of a `moof` stay with it; the door's notices and its news of the room are taken out.
 */
export class BoxReader {
  #pending = new Uint8Array(0);
  /** Start of the box being looked at, within what is pending. */
  #at = 0;
  #seq = -1;
  #notices: Notice[] = [];
  #changes: StateChange[] = [];

  /** @throws RangeError on a box of more than MAX_BOX_BYTES or an impossible size. Spec: ISO 14496-12, 4.2. */
  push(chunk: Uint8Array): Cut[] {
    const joined = new Uint8Array(this.#pending.length + chunk.length);
    joined.set(this.#pending);
    joined.set(chunk, this.#pending.length);
    const view = new DataView(joined.buffer);
    const cuts: Cut[] = [];
    let from = 0;
    while (this.#at + 8 <= joined.length) {
      const size = view.getUint32(this.#at);
      if (size < 8 || size > MAX_BOX_BYTES) throw new RangeError(`box of ${size} bytes`);
      const end = this.#at + size;
      if (end > joined.length) break;
      const type = view.getUint32(this.#at + 4);
      // mfhd is the first box of a moof; its sequence number is 20 bytes in.
      if (type === MOOF && size >= 24) this.#seq = view.getUint32(this.#at + 20);
      if (type === EMSG && this.#at === from) {
        const box = joined.subarray(from, end);
        const notice = decodeNotice(box);
        const change = notice ? undefined : decodeState(box);
        if (notice) this.#notices.push(notice);
        if (change) this.#changes.push(change);
        if (notice || change) from = end;
      }
      this.#at = end;
      if (type !== MOOV && type !== MDAT) continue;
      const bytes = joined.slice(from, end);
      if (type === MOOV) cuts.push({ kind: 'init', bytes });
      else if (this.#seq >= 0) {
        const notices = this.#notices.length > 0 ? { notices: this.#notices } : {};
        const changes = this.#changes.length > 0 ? { changes: this.#changes } : {};
        cuts.push({ kind: 'fragment', seq: this.#seq, bytes, ...notices, ...changes });
        this.#notices = [];
        this.#changes = [];
      }
      this.#seq = -1;
      from = end;
    }
    this.#pending = joined.slice(from);
    this.#at -= from;
    return cuts;
  }
}

/** The number of the first fragment in bytes that begin with one; NaN when they do not. */
export function fragmentSeq(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 24 <= bytes.length; at += Math.max(8, view.getUint32(at)))
    if (view.getUint32(at + 4) === MOOF) return view.getUint32(at + 20);
  return Number.NaN;
}

/** Media time at which a fragment begins, in seconds at 48 kHz, or undefined when it has no `tfdt`. */
export function fragmentTime(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 4; i + 16 <= Math.min(bytes.length, 512); i++) {
    if (view.getUint32(i) !== 0x74666474) continue;
    const ticks = bytes[i + 4] === 1 ? Number(view.getBigUint64(i + 8)) : view.getUint32(i + 8);
    return ticks / 48_000;
  }
  return undefined;
}
