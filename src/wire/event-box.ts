/**
 * Messages in the stream between two fragments: an `emsg` box with a text, which players skip if they do not know its
 * scheme. Spec: ISO/IEC 23009-1, 5.10.3.3 (version 0).
 */

/** `size`, `emsg`, version and flags, the ends of two texts, then four numbers. */
const FIXED = 12 + 2 + 16;

/** A whole box with a message of a scheme. */
export function eventBox(scheme: string, message: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder();
  const name = text.encode(scheme);
  const said = text.encode(message);
  const bytes = new Uint8Array(FIXED + name.length + said.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length);
  bytes.set(text.encode('emsg'), 4);
  bytes.set(name, 12);
  // The value is empty, the time scale must not be zero, and the duration of an event of unknown length is all ones.
  const numbers = 12 + name.length + 2;
  view.setUint32(numbers, 1000);
  view.setUint32(numbers + 8, 0xffff_ffff);
  bytes.set(said, FIXED + name.length);
  return bytes;
}

/** The message in a whole `emsg` box, as JSON; undefined when the scheme is another one or the text is not JSON. */
export function messageIn(scheme: string, box: Uint8Array): unknown {
  const name = new TextEncoder().encode(`${scheme}\0\0`);
  if (box.length < FIXED + name.length - 2 || box[8] !== 0) return undefined;
  if (!name.every((byte, i) => byte === box[12 + i])) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(box.subarray(FIXED - 2 + name.length)));
  } catch {
    return undefined;
  }
}
