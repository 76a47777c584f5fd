/**
 * The tag of a segment: 16 bytes in an `emsg` box in front of its first fragment, the same in every rendition, at every
 * door and in the recording. Whoever knows tags has received sound; see `listening-proof.ts`. Players that do not know
 * the scheme skip the box. Spec: ISO/IEC 23009-1, 5.10.3.3; ISO/IEC 23000-19, 7.3.2.3.
 */
import { FRAGMENTS_PER_SEGMENT } from '../base/time.ts';

/** Bytes of a tag. */
export const TAG_BYTES = 16;
const SCHEME = 'urn:earshot:tag:1';
/** `size`, `emsg`, version and flags, the scheme and an empty value, then four numbers. */
const HEAD_BYTES = 12 + SCHEME.length + 1 + 1 + 16;
/** Bytes of the whole box. */
export const TAG_BOX_BYTES = HEAD_BYTES + TAG_BYTES;

/** The segment that begins with a fragment, or undefined for one within a segment. */
export const segmentAt = (seq: number): number | undefined =>
  seq % FRAGMENTS_PER_SEGMENT === 0 ? seq / FRAGMENTS_PER_SEGMENT : undefined;

/** The bytes of a box before its tag. */
const HEAD = (() => {
  const bytes = new Uint8Array(HEAD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, TAG_BOX_BYTES);
  bytes.set(new TextEncoder().encode('emsg'), 4);
  bytes.set(new TextEncoder().encode(SCHEME), 12);
  // The time scale must not be zero.
  view.setUint32(HEAD_BYTES - 16, 1000);
  return bytes;
})();

/** A fragment with its segment's tag in front of it. */
export function withTag(tag: Uint8Array, fragment: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(TAG_BOX_BYTES + fragment.length);
  bytes.set(HEAD);
  bytes.set(tag.subarray(0, TAG_BYTES), HEAD_BYTES);
  bytes.set(fragment, TAG_BOX_BYTES);
  return bytes;
}

/** The tag at the beginning of a fragment, as a view into it; undefined when there is none. */
export function tagOf(fragment: Uint8Array): Uint8Array | undefined {
  if (fragment.length < TAG_BOX_BYTES) return undefined;
  for (let at = 0; at < HEAD_BYTES; at++) if (fragment[at] !== HEAD[at]) return undefined;
  return fragment.subarray(HEAD_BYTES, TAG_BOX_BYTES);
}
