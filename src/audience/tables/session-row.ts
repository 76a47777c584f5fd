/**
 * The bits of an entry in `SessionTable`: what is known of one session.
 *
 * | word | bits 0–23 | bits 24–31 |
 * |---|---|---|
 * | 0 | id, bits 0 to 31 | |
 * | 1 | id, bits 32 to 47 (16 bits); then seconds of listening so far (16 bits) | |
 * | 2 | listener key, mixed to 26 bits, 0: none; then, 3 bits each, the door of the newest minute and of the one before | |
 * | 3 | seconds delivered in the slots of the newest minute, 4 bits each | that minute, modulo 256 |
 * | 4 | seconds proven in them | exclusion (low 4 bits), `ROW_FLAG` (high 4 bits) |
 * | 5 | seconds delivered in the slots of the minute before | slots of the newest minute with a proof; bit 7: `DOUBLE` |
 * | 6 | seconds proven in them | slots of the minute before with a proof; bits 6 and 7: slots 4 and 5 of the one before that |
 */
import { SLOTS } from '../../wire/session-record.ts';

/** The words of an entry, by name. */
export const WORD = { total: 1, key: 2, delivered: 3, proven: 4, lastDelivered: 5, lastProven: 6 } as const;

/**
 * The flags of an entry: those of a record, except that the lowest bit means that the sound comes directly from a door.
 */
export const ROW_FLAG = { direct: 1, hidden: 2, unsampled: 4, silent: 8 } as const;

/** In word 5: its token was used at two doors at once. */
export const DOUBLE = 1 << 31;

/** 24 bits: six slots. */
export const SLOTS_MASK = 0xff_ffff;
const EVEN = 0x0f_0f0f;
const TOP = 0x80_8080;
const TEN = 0x0a_0a0a;

/** Per byte: the larger of two numbers below 128. */
function greater(a: number, b: number): number {
  const wins = ((a | TOP) - b) & TOP;
  const mask = wins | (wins - (wins >>> 7));
  return (a & mask) | (b & ~mask & SLOTS_MASK);
}

/** The larger value of each slot. Most slots are empty or whole: then one has all the bits of the other. */
export const mostOf = (a: number, b: number): number => {
  const both = a & b;
  if (both === a) return b;
  if (both === b) return a;
  return greater(a & EVEN, b & EVEN) | (greater((a >>> 4) & EVEN, (b >>> 4) & EVEN) << 4);
};

/** The smaller value of each slot. */
export const leastOf = (a: number, b: number): number => {
  const both = a & b;
  if (both === a) return a;
  if (both === b) return b;
  const low = a & EVEN;
  const high = (a >>> 4) & EVEN;
  const [otherLow, otherHigh] = [b & EVEN, (b >>> 4) & EVEN];
  return (low + otherLow - greater(low, otherLow)) | ((high + otherHigh - greater(high, otherHigh)) << 4);
};

/** The sum of the six slots. */
export function sumOf(slots: number): number {
  const pairs = (slots & EVEN) + ((slots >>> 4) & EVEN);
  return (pairs + (pairs >>> 8) + (pairs >>> 16)) & 0xff;
}

/** The sum of two values in each slot, at most 10. */
export const sumUpTo10 = (a: number, b: number): number => {
  const low = (a & EVEN) + (b & EVEN);
  const high = ((a >>> 4) & EVEN) + ((b >>> 4) & EVEN);
  return (low + TEN - greater(low, TEN)) | ((high + TEN - greater(high, TEN)) << 4);
};

/** The value of one slot. */
export const slotOf = (slots: number, slot: number): number => (slots >>> (slot * 4)) & 15;

/** Mask of the part of word 2 that holds the listener key. */
export const KEY_MASK = 0x3ff_ffff;

/** 26 bits of a listener key; 0 only if the key itself is 0. */
export function mixKey(low: number, high: number): number {
  if (low === 0 && high === 0) return 0;
  let h = Math.imul(low ^ 0x5bd1e995, 0xcc9e2d51) ^ Math.imul(high ^ 0x1b873593, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0xc2b2ae35);
  return (h ^ (h >>> 13)) & KEY_MASK || 1;
}

/** Difference in minutes between `minute` and an entry's minute, which is stored modulo 256: -8 to 247. */
export function minutesAfter(minute: number, stored: number): number {
  const after = (minute - stored) & 255;
  return after >= 248 ? after - 256 : after;
}

/** Minutes of silence after which an entry is over; it must be removed before its minute wraps around. */
export const OVER_AFTER = 180;

/**
 * Slots for which one proof counts: the slot in which it arrived and four more (45 s); seven more in a hidden tab (75
 * s).
 */
export const PROOF_SLOTS = { visible: 5, hidden: 8 } as const;
/** Slots that S looks back. */
const HEARD_SLOTS = 3;
/** Seconds of sound, out of the 30 s in these slots, that make somebody a listener. */
export const HEARD_S = 15;

/** In what `readInstant` returns: the bits of the seconds that were heard, and that a proof is recent enough. */
export const INSTANT = { heard: 63, proved: 64 } as const;

/**
 * What an entry says of the instant at which `slot` of `minute` ends: seconds delivered in the last three slots, and
 * whether a proof is recent enough, as `INSTANT` has it; -1 when it says nothing of that time.
 */
export function readInstant(entries: Int32Array, at: number, minute: number, slot: number): number {
  const w3 = entries[at + WORD.delivered] as number;
  const after = minutesAfter(minute, w3 >>> 24);
  if (after < -1 || after > 1) return -1;
  const w5 = entries[at + WORD.lastDelivered] as number;
  const w6 = entries[at + WORD.lastProven] as number;
  let here = 0;
  let before = 0;
  let proofs: number;
  if (after === 0) {
    here = w3 & SLOTS_MASK;
    before = w5 & SLOTS_MASK;
    proofs = (w6 >>> 30) | (((w6 >>> 24) & 63) << 2) | ((w5 >>> 24) << 8);
  } else if (after === 1) {
    before = w3 & SLOTS_MASK;
    proofs = ((w6 >>> 28) & 3) | (((w5 >>> 24) & 63) << 2);
  } else {
    here = w5 & SLOTS_MASK;
    proofs = ((w6 >>> 30) << 6) | (((w6 >>> 24) & 63) << 8);
  }
  let window: number;
  if (slot >= HEARD_SLOTS - 1) window = (here >>> ((slot - 2) * 4)) & 0xfff;
  else if (slot === 1) window = ((here & 0xff) << 4) | (before >>> 20);
  else window = ((here & 15) << 8) | (before >>> 16);
  const heard = (window & 15) + ((window >>> 4) & 15) + ((window >>> 8) & 15);
  const hidden = ((entries[at + WORD.proven] as number) >>> 28) & ROW_FLAG.hidden;
  const span = hidden ? PROOF_SLOTS.hidden : PROOF_SLOTS.visible;
  return (proofs & (((1 << span) - 1) << (8 + slot - span + 1))) !== 0 ? heard | INSTANT.proved : heard;
}

/** The instant at which a slot of a minute ends: `(minute * 6 + slot + 1) * 10 s`. */
export const instantOf = (at: number): { minute: number; slot: number } => {
  const ended = Math.round(at / 10_000) - 1;
  return { minute: Math.floor(ended / SLOTS), slot: ended % SLOTS };
};
