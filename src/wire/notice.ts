/**
 * What a door tells a listener within the stream: an `emsg` box between two fragments, passed over by whoever does not
 * know it. Spec: ISO/IEC 23009-1, 5.10.3.3 (version 0).
 */

/** Where a listener is served: at the live edge, or in the ring `RING_MS` behind it. */
export type StreamPlace = 'live' | 'ring';

/** The scheme of the box; its message is the JSON of a `Notice`. */
export const NOTICE_SCHEME = 'urn:earshot:delivery:1';

/** The write period changes. `in` ms from now at the earliest; 0: from the next write on. */
export interface PeriodNotice {
  readonly period: number;
  readonly in: number;
}

/**
 * The listener moves from the delayed ring up to the live edge: what follows begins at fragment `from`, in writes every
 * `period` ms, the first of them in `next` ms. What lies between is not sent.
 */
export interface PlaceNotice {
  readonly place: StreamPlace;
  readonly from: number;
  readonly period: number;
  readonly next: number;
}

/** Either of them. */
export type Notice = PeriodNotice | PlaceNotice;

/** `size`, `emsg`, version and flags, two texts and their ends, then four numbers. */
const FIXED = 12 + 2 + 16;

/** The notice as a whole box. */
export function encodeNotice(notice: Notice): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder();
  const scheme = text.encode(NOTICE_SCHEME);
  const message = text.encode(JSON.stringify(notice));
  const bytes = new Uint8Array(FIXED + scheme.length + message.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length);
  bytes.set(text.encode('emsg'), 4);
  bytes.set(scheme, 12);
  // Value is empty; the time scale must not be nought, and an event of unknown length is all ones.
  const numbers = 12 + scheme.length + 2;
  view.setUint32(numbers, 1000);
  view.setUint32(numbers + 8, 0xffff_ffff);
  bytes.set(message, FIXED + scheme.length);
  return bytes;
}

/** The notice in a whole `emsg` box; undefined when it is none of ours, or senseless. */
export function decodeNotice(box: Uint8Array): Notice | undefined {
  const scheme = new TextEncoder().encode(`${NOTICE_SCHEME}\0\0`);
  if (box.length < FIXED + scheme.length - 2 || box[8] !== 0) return undefined;
  if (!scheme.every((byte, i) => byte === box[12 + i])) return undefined;
  try {
    const said = JSON.parse(new TextDecoder().decode(box.subarray(FIXED - 2 + scheme.length)));
    const numbers = 'place' in said ? [said.period, said.from, said.next] : [said.period, said.in];
    return numbers.every((n) => Number.isFinite(n) && n >= 0) && said.period > 0 ? said : undefined;
  } catch {
    return undefined;
  }
}
