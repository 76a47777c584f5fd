import { createHmac } from 'node:crypto';
import { keyFor } from './signing-keys.ts';

/** The tag of a segment of a room's program, 16 bytes; see `src/wire/segment-tag.ts`. */
export type SegmentTag = (slug: string, segment: number) => Uint8Array;

/**
 * The tags of one installation: nobody outside can foretell them, and each of its processes computes them without asking
 * another. The HMAC-SHA256 of the room's address and the segment's number, cut to 16 bytes. Spec: RFC 2104.
 */
export function segmentTags(secret: Uint8Array): SegmentTag {
  const key = keyFor(secret, 'segment tags');
  return (slug, segment) => createHmac('sha256', key).update(`${slug}\n${segment}`).digest().subarray(0, 16);
}
