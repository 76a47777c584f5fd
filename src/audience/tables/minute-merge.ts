/** How records of one session and minute become one: copies, older copies, late proofs, and several doors. */
import { SLOTS } from '../../wire/session-record.ts';
import {
  DOUBLE,
  leastOf,
  minutesAfter,
  mostOf,
  ROW_FLAG,
  SLOTS_MASK,
  slotOf,
  sumUpTo10,
  WORD,
} from './session-row.ts';

/** Returned in place of both values when a merge was refused because the minute is over. */
export const REFUSED = -1;

/** Instead of a door's mark: several have delivered. */
const SEVERAL = 7;
/**
 * A 3-bit mark that identifies a door. If two doors have the same mark, a session that moves between them loses some
 * seconds.
 */
export const doorTag = (door: number): number => door % SEVERAL;

/** Sessions of a minute that are looked at door by door; if more move, some of their seconds are lost. */
const MOST_MOVED = 50_000;
/**
 * Who moves gets some seconds of a slot twice, at most. Whoever gets so many seconds of one slot of 10 s, so many slots of a
 * minute, hears at two doors at once.
 */
const DOUBLE_S = 16;
const DOUBLE_SLOTS = 3;

/** Seconds of listening in each slot of a minute, before and after a record. */
export interface MergedMinute {
  before: number;
  after: number;
  /** True when this record has shown that the session's token is used at two doors at once. */
  isDouble: boolean;
}

/** A record and the flags of its table entry; one object is reused for all of them. */
export interface MinuteOfDoor {
  minute: number;
  delivered: number;
  proven: number;
  proofs: number;
  flags: number;
  wasFlags: number;
  door: number;
}

/** Seconds of listening in each slot: what was proven and delivered; of those that do not prove, what was delivered. */
const listenedOf = (delivered: number, proven: number, flags: number): number =>
  flags & (ROW_FLAG.silent | ROW_FLAG.unsampled) ? delivered : leastOf(delivered, proven);

/**
 * Merges records into table entries. Of the records of one door the larger value of each slot counts, so that their
 * order and repetition make no difference. What several doors delivered is added up, to at most 10 s per slot; proofs
 * cover all doors together.
 */
export class MinuteMerge {
  /** By minute, then session: what each door delivered. */
  readonly #moved = new Map<number, Map<number, { readonly tag: number; delivered: number }[]>>();
  readonly #result: MergedMinute = { before: 0, after: 0, isDouble: false };
  readonly #most: number;

  constructor(most = MOST_MOVED) {
    this.#most = most;
  }

  /** Merges a record into its entry. Gives the listening of each slot of its minute before and after. */
  take(entries: Int32Array, at: number, of: MinuteOfDoor): Readonly<MergedMinute> {
    this.#result.isDouble = false;
    const w3 = entries[at + WORD.delivered] as number;
    const after = minutesAfter(of.minute, w3 >>> 24);
    if (after === -1) return this.#last(entries, at, of);
    const result = this.#result;
    if (after < 0) {
      result.before = REFUSED;
      result.after = REFUSED;
      return result;
    }
    if (after > 0) turn(entries, at, of, after);
    const here = (entries[at + WORD.delivered] as number) & SLOTS_MASK;
    const w4 = (entries[at + WORD.proven] as number) & SLOTS_MASK;
    const delivered = this.#delivered(entries, at, of, here, 26);
    const w5 = entries[at + WORD.lastDelivered] as number;
    const proven = mostOf(w4, of.proven);
    entries[at + WORD.delivered] = delivered | ((of.minute & 255) << 24);
    entries[at + WORD.proven] = ((entries[at + WORD.proven] as number) & ~SLOTS_MASK) | proven;
    entries[at + WORD.lastDelivered] = w5 | (of.proofs << 24);
    result.before = listenedOf(here, w4, of.wasFlags);
    result.after = listenedOf(delivered, proven, of.flags);
    return result;
  }

  #last(entries: Int32Array, at: number, of: MinuteOfDoor): Readonly<MergedMinute> {
    const known = (entries[at + WORD.lastDelivered] as number) & SLOTS_MASK;
    const w6 = entries[at + WORD.lastProven] as number;
    const delivered = this.#delivered(entries, at, of, known, 29);
    const w5 = entries[at + WORD.lastDelivered] as number;
    const proven = mostOf(w6 & SLOTS_MASK, of.proven);
    entries[at + WORD.lastDelivered] = (w5 & ~SLOTS_MASK) | delivered;
    entries[at + WORD.lastProven] = (w6 & ~SLOTS_MASK) | proven | (of.proofs << 24);
    const result = this.#result;
    result.before = listenedOf(w5 & SLOTS_MASK, w6 & SLOTS_MASK, of.wasFlags);
    result.after = listenedOf(delivered, proven, of.wasFlags);
    return result;
  }

  /** What all doors delivered. `shift`: where word 2 has the door of this minute. */
  #delivered(entries: Int32Array, at: number, of: MinuteOfDoor, known: number, shift: 26 | 29): number {
    // A proof came to another door than the sound: that door has delivered nothing.
    if (of.delivered === 0) return known;
    const w2 = entries[at + WORD.key] as number;
    const tag = (w2 >>> shift) & 7;
    const mine = doorTag(of.door);
    if (tag === mine) return mostOf(known, of.delivered);
    const set = (to: number): void => {
      entries[at + WORD.key] = (w2 & ~(7 << shift)) | (to << shift);
    };
    if (known === 0) {
      set(mine);
      return of.delivered;
    }
    const parts = this.#parts(
      entries,
      at,
      of.minute,
      tag === SEVERAL ? undefined : { tag, delivered: known },
    );
    if (!parts) return mostOf(known, of.delivered);
    set(SEVERAL);
    const part = parts.find((each) => each.tag === mine);
    if (part) part.delivered = mostOf(part.delivered, of.delivered);
    else parts.push({ tag: mine, delivered: of.delivered });
    const w5 = entries[at + WORD.lastDelivered] as number;
    if ((w5 & DOUBLE) === 0 && isDouble(parts)) {
      entries[at + WORD.lastDelivered] = w5 | DOUBLE;
      this.#result.isDouble = true;
    }
    return mostOf(
      known,
      parts.reduce((sum, { delivered }) => sumUpTo10(sum, delivered), 0),
    );
  }

  #parts(
    entries: Int32Array,
    at: number,
    minute: number,
    first: { tag: number; delivered: number } | undefined,
  ) {
    let sessions = this.#moved.get(minute);
    if (!sessions) {
      for (const old of this.#moved.keys()) if (old < minute - 2) this.#moved.delete(old);
      sessions = new Map();
      this.#moved.set(minute, sessions);
    }
    const id = ((entries[at] as number) >>> 0) + ((entries[at + 1] as number) & 0xffff) * 2 ** 32;
    const known = sessions.get(id);
    if (known || !first || sessions.size >= this.#most) return known;
    const parts = [first];
    sessions.set(id, parts);
    return parts;
  }
}

/** Whether several doors gave a session whole seconds at the same time, for half of a minute. */
function isDouble(parts: readonly { readonly delivered: number }[]): boolean {
  let slots = 0;
  for (let slot = 0; slot < SLOTS; slot += 1) {
    const seconds = parts.reduce((sum, { delivered }) => sum + slotOf(delivered, slot), 0);
    if (seconds >= DOUBLE_S) slots += 1;
  }
  return slots >= DOUBLE_SLOTS;
}

/** Begins a new minute in an entry: the newest becomes the one before. */
function turn(entries: Int32Array, at: number, of: MinuteOfDoor, after: number): void {
  const w2 = entries[at + WORD.key] as number;
  const w3 = entries[at + WORD.delivered] as number;
  const w4 = entries[at + WORD.proven] as number;
  const w5 = entries[at + WORD.lastDelivered] as number;
  const w6 = entries[at + WORD.lastProven] as number;
  const proofs = (w5 >>> 24) & 63;
  const next = after === 1;
  // Two slots of the minute before the last: a hidden tab's proof may be that old.
  const ago = next ? ((w6 >>> 28) & 3) << 6 : after === 2 ? ((proofs >>> 4) & 3) << 6 : 0;
  const tag = doorTag(of.door);
  const last = next ? (w2 >>> 26) & 7 : tag;
  entries[at + WORD.key] = (w2 & 0x3ff_ffff) | (tag << 26) | (last << 29);
  entries[at + WORD.delivered] = (of.minute & 255) << 24;
  entries[at + WORD.proven] = w4 & ~SLOTS_MASK;
  entries[at + WORD.lastDelivered] = (next ? w3 & SLOTS_MASK : 0) | (w5 & DOUBLE);
  entries[at + WORD.lastProven] = (next ? w4 & SLOTS_MASK : 0) | (((next ? proofs & 63 : 0) | ago) << 24);
}
