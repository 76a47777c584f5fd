/**
 * The proof that a player has the sound. Each segment carries a tag of 16 random bytes, the same for everyone. About
 * every 30 s the player hashes the tags of two segments of the last six; which two, it cannot know before it has the
 * last one, and they are others for each session. It proves that the sound arrived, not that somebody listens.
 *
 *     choice = SHA-256(tag of the last segment | session | window, 4 bytes little-endian | segments, 1 byte)
 *     proof  = SHA-256(tag a | tag b | session), the first 8 bytes
 */

import { sha256 } from './listening/sha256.ts';
import { TAG_BYTES } from './segment-tag.ts';

/** Segments (of 5.12 s) in a complete window. */
export const WINDOW_SEGMENTS = 6;
/** Fewest segments of a proof, because two of them are chosen. */
export const LEAST_SEGMENTS = 2;
/**
 * Segments after which a player proves its first window early, so that it counts after 15 s; it proves that window
 * again when it is complete. A later proof of the same window with more segments replaces the earlier one.
 */
export const FIRST_SEGMENTS = 3;
/**
 * Longest time that a player waits before it sends a proof; the delays are spread evenly over sessions, see
 * `proofDelay`.
 */
export const PROOF_SPREAD_MS = 4_000;

/** Length of a session id in bytes, as in a session record. */
export const SESSION_BYTES = 8;
/** The pattern of a session token: an id, an expiry time and a signature. */
export const SESSION_TOKEN = /^[\w-]{32}$/;

/** Computes SHA-256. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

/**
 * The id in a session token, or undefined when the token is malformed. It does not check the signature, which only the
 * server can.
 */
export function sessionOf(token: string): Uint8Array<ArrayBuffer> | undefined {
  if (!SESSION_TOKEN.test(token)) return undefined;
  const text = atob(token.slice(0, 12).replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text.slice(0, SESSION_BYTES), (letter) => letter.charCodeAt(0));
}

/** The remainder, modulo `WINDOW_SEGMENTS`, of the segment numbers at which the windows of a session begin. */
export const phaseOf = (session: Uint8Array): number => (session[0] ?? 0) % WINDOW_SEGMENTS;

/** The number of the window that a segment belongs to; negative before the first. */
export const windowAt = (session: Uint8Array, segment: number): number =>
  Math.floor((segment - phaseOf(session)) / WINDOW_SEGMENTS);

/** The first segment of a window. */
export const firstSegment = (session: Uint8Array, window: number): number =>
  window * WINDOW_SEGMENTS + phaseOf(session);

/**
 * The time that a player waits before it sends the proof of a window, in ms; it is the same for each window of a
 * session.
 */
export const proofDelay = (session: Uint8Array): number =>
  (((session[1] ?? 0) * 256 + (session[2] ?? 0)) * PROOF_SPREAD_MS) / 65_536;

/** A window of a session, and how much of it is proven. */
export interface ProvenWindow {
  readonly session: Uint8Array;
  readonly window: number;
  /** How many segments from its first on: `LEAST_SEGMENTS` to `WINDOW_SEGMENTS`. */
  readonly segments: number;
}

/** The two segments that a proof must cover, as positions in the window; they depend on the tag of its last segment. */
export function chosenOf(
  { session, window, segments }: ProvenWindow,
  last: Uint8Array,
  hash: Hash = sha256,
): readonly [number, number] {
  const bytes = new Uint8Array(TAG_BYTES + SESSION_BYTES + 5);
  bytes.set(last);
  bytes.set(session, TAG_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(TAG_BYTES + SESSION_BYTES, window, true);
  bytes[TAG_BYTES + SESSION_BYTES + 4] = segments;
  const choice = hash(bytes);
  const a = ((choice[0] ?? 0) * 256 + (choice[1] ?? 0)) % segments;
  const b = (a + 1 + (((choice[2] ?? 0) * 256 + (choice[3] ?? 0)) % (segments - 1))) % segments;
  return [a, b];
}

/**
 * The proof of a window, as 16 hexadecimal digits; undefined when a required tag is missing. `tag` returns the tag of a
 * segment by its number.
 */
export function proofOf(
  proven: ProvenWindow,
  tag: (segment: number) => Uint8Array | undefined,
  hash: Hash = sha256,
): string | undefined {
  const first = firstSegment(proven.session, proven.window);
  const last = tag(first + proven.segments - 1);
  if (!last) return undefined;
  const [a, b] = chosenOf(proven, last, hash);
  const [tagA, tagB] = [tag(first + a), tag(first + b)];
  if (!tagA || !tagB) return undefined;
  const bytes = new Uint8Array(2 * TAG_BYTES + SESSION_BYTES);
  bytes.set(tagA);
  bytes.set(tagB, TAG_BYTES);
  bytes.set(proven.session, 2 * TAG_BYTES);
  let text = '';
  for (const byte of hash(bytes).subarray(0, 8)) text += HEX[byte];
  return text;
}
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
