/** What is counted of one room: sessions, seconds, samples, different people. Fed with records, asked once per slot. */
import { FLAG, RECORD_BYTES, SLOTS, TRANSPORTS, type Way } from '../wire/session-record.ts';
import { exclusionCode } from './rules.ts';
import { SLOT_MS, StageHistory } from './stage-history.ts';
import { DayPeople } from './tables/day-people.ts';
import { Distinct } from './tables/distinct.ts';
import { doorTag, MinuteMerge, type MinuteOfDoor, REFUSED } from './tables/minute-merge.ts';
import {
  leastOf,
  minutesAfter,
  mixKey,
  OVER_AFTER,
  ROW_FLAG,
  SLOTS_MASK,
  slotOf,
  sumOf,
  WORD,
} from './tables/session-row.ts';
import { partOf, SessionTable } from './tables/session-table.ts';

/** Length of a session's record, in 32-bit words. */
export const ROW_WORDS = RECORD_BYTES / 4;
/**
 * Seconds of listening after which a session has tuned in, a replay counts as a listen, and a key counts as a listener.
 */
export const TUNED_IN_S = 60;
const MINUTES_A_DAY = 1_440;
/** Bits of transports. */
const bitsOf = (ways: readonly Way[]): number =>
  ways.reduce((bits, way) => bits | (1 << TRANSPORTS.indexOf(way)), 0);
/** Transports whose bytes a door hands out itself, and those whose bytes a cache may. */
const DIRECT = bitsOf(['stream', 'radio', 'whep']);
const CACHEABLE = bitsOf(['hls', 'll-hls']);
const REPLAY = TRANSPORTS.indexOf('replay');
const DOWNLOAD = TRANSPORTS.indexOf('download');
const UNPROVEN = exclusionCode('bytes-without-proof');
const REPLAYED = exclusionCode('replayed-token');

/** The class of a session: `counted`, `unsampled` (estimated from those that sent proofs) or `excluded`. */
export const CLASS = { counted: 0, unsampled: 1, excluded: 2 } as const;
const classOf = (exclusion: number, flags: number): number =>
  exclusion !== 0 ? CLASS.excluded : flags & ROW_FLAG.unsampled ? CLASS.unsampled : CLASS.counted;

/** Totals by `CLASS`: sessions that count, sessions that are estimated from others, and sessions that do not count. */
export interface Sums {
  /** Sessions with some listening. */
  readonly listened: number[];
  /** Sessions with `TUNED_IN_S` or more. */
  readonly tuned: number[];
  /** Those of them inside other sites. */
  readonly embedded: number[];
  /** Seconds of listening, in ticks: whole numbers add up to the same in any order. */
  readonly stage: number[];
  readonly standby: number[];
}
/** Ticks of a second of listening, as the sums hold it. */
export const TICKS = SLOT_MS;
/** The names of the sums. */
export const SUMS = ['listened', 'tuned', 'embedded', 'stage', 'standby'] as const;
const zeros = (): Sums =>
  Object.fromEntries(SUMS.map((name) => [name, [0, 0, 0]])) as Record<(typeof SUMS)[number], number[]>;

/** Is told of listeners instead of the count: each with a minute of listening, and each replay. */
export interface KeyTaker {
  /** `day`: since 1970, UTC. */
  person(day: number, isExcluded: boolean, low: number, high: number): void;
  replay(day: number, low: number, high: number): void;
}

/** Counts one room. Records carry absolute values, so a repeated or older record changes nothing. */
export class AudienceCount {
  readonly live = new SessionTable();
  readonly replay = new SessionTable();
  readonly stage = new StageHistory();
  readonly sums: Sums = zeros();
  /**
   * Replays with a minute of listening: all of them; and those that count beside `replayKeys`: one per key and day on the
   * days before, and each replay of those who asked not to be known and have no key.
   */
  readonly replays = { gross: 0, beside: 0, error: 0 };
  /** Different listeners of the newest day (since 1970, UTC). */
  today = { day: 0, people: new DayPeople() };
  replayKeys = { day: 0, keys: new Distinct() };
  /** Days before, by number. */
  readonly earlier: { readonly day: number; readonly people: number; readonly gross: number }[] = [];
  /** Sessions by the index of their exclusion. */
  readonly excluded: number[] = Array.from({ length: 16 }, () => 0);
  /** Records of a session's minute that was over when they came. */
  late = 0;
  /** Told of each of them. */
  onLate: ((words: Int32Array, at: number) => void) | undefined;
  /** Keys go here, and are not counted. */
  keys: KeyTaker | undefined;
  /** Sessions (their lower 48 bits) that do not count from their beginning, whatever their records say. */
  barred: ReadonlyMap<number, number> | undefined;
  /** How often a session has begun or ceased to count after its first record. */
  changes = 0;
  readonly #merge: MinuteMerge;
  readonly #of: MinuteOfDoor = {
    ...{ minute: 0, delivered: 0, proven: 0, proofs: 0, flags: 0, wasFlags: 0, door: 0 },
  };
  /** The newest minute of a record; the same of a session that hears it live. */
  newest = 0;
  newestLive = 0;
  readonly #direct: number;

  /** `moved`: sessions of a minute that are looked at door by door. `caches`: see `CountingOptions`. */
  constructor({ moved, caches = true }: { readonly moved?: number; readonly caches?: boolean } = {}) {
    this.#merge = new MinuteMerge(moved);
    this.#direct = caches ? DIRECT : DIRECT | CACHEABLE;
  }

  /** Reads what `apply` will read of the record at word `at`; see `SessionTable.touch`. */
  touch(words: Int32Array, at: number): number {
    return this.live.touch(words[at] as number, words[at + 1] as number);
  }

  /** In which part of a divided table the session of the record at word `at` is: 0 to 255. */
  partOf(words: Int32Array, at: number): number {
    return partOf(words[at] as number, words[at + 1] as number);
  }

  /** Takes the record at word `at`. */
  apply(words: Int32Array, at: number): void {
    const kind = (words[at + 5] as number) >>> 16;
    const transport = kind & 15;
    const isReplay = transport === REPLAY || transport === DOWNLOAD;
    const table = isReplay ? this.replay : this.live;
    const offset = table.find(words[at] as number, words[at + 1] as number);
    if (offset < 0) return;
    const { entries } = table.shard;
    const minute = words[at + 4] as number;
    if (minute > this.newest) this.newest = minute;
    if (minute > this.newestLive && !isReplay) this.newestLive = minute;
    const w6 = words[at + 6] as number;
    const w7 = words[at + 7] as number;
    const delivered = leastOf(w6 & SLOTS_MASK, 0xaa_aaaa);
    const proven = leastOf((w6 >>> 24) | ((w7 & 0xffff) << 8), 0xaa_aaaa);
    const proofs = (w7 >>> 16) & 63;
    let said = (kind >>> 8) & 15;
    if (table.isNew && this.barred) said = this.barred.get(idAt(words, at)) ?? said;
    const flags = ((kind >>> 4) & 14) | ((this.#direct >>> transport) & ROW_FLAG.direct);

    const w4 = entries[offset + WORD.proven] as number;
    const wasExcluded = table.isNew ? said : (w4 >>> 24) & 15;
    const wasFlags = table.isNew ? flags : w4 >>> 28;
    const wasClass = classOf(wasExcluded, wasFlags);
    if (table.isNew) {
      const tag = doorTag(w7 >>> 24);
      entries[offset + WORD.key] =
        mixKey(words[at + 2] as number, words[at + 3] as number) | ((tag << 26) >>> 0) | ((tag << 29) >>> 0);
      entries[offset + WORD.delivered] = ((minute & 255) << 24) >>> 0;
      if (said !== 0) this.excluded[said] = (this.excluded[said] as number) + 1;
    }
    let exclusion = wasExcluded === 0 ? said : wasExcluded;
    // It was taken for one that never proves; it has.
    if (
      exclusion === UNPROVEN &&
      said === 0 &&
      proofs !== 0 &&
      !isReplay &&
      !this.barred?.has(idAt(words, at))
    )
      exclusion = 0;
    if (exclusion !== wasExcluded) this.#exclude(wasExcluded, exclusion);

    const of = this.#of;
    of.minute = minute;
    of.delivered = delivered;
    of.proven = proven;
    of.proofs = proofs;
    of.flags = flags;
    of.wasFlags = wasFlags;
    of.door = w7 >>> 24;
    const { before, after, isDouble } = this.#merge.take(entries, offset, of);
    if (isDouble) this.excluded[REPLAYED] = (this.excluded[REPLAYED] as number) + 1;
    if (before === REFUSED) {
      this.late += 1;
      this.onLate?.(words, at);
    }
    entries[offset + WORD.proven] =
      ((entries[offset + WORD.proven] as number) & SLOTS_MASK) | (((exclusion | (flags << 4)) << 24) >>> 0);
    const isClass = classOf(exclusion, flags);
    if (before === after && isClass === wasClass) return;
    const more = sumOf(after) - sumOf(before);
    const w1 = entries[offset + WORD.total] as number;
    const was = w1 >>> 16;
    const total = Math.max(0, Math.min(0xffff, was + more));
    entries[offset + WORD.total] = (w1 & 0xffff) | (total << 16);
    if (isReplay) {
      if (was < TUNED_IN_S && total >= TUNED_IN_S) this.#replayed(minute, isClass, words, at);
      return;
    }
    if (isClass !== wasClass || was === 0 || was < TUNED_IN_S) {
      this.#moved(was, wasClass, total, isClass);
      if ((kind >>> 4) & FLAG.embed) this.#movedEmbedded(was, wasClass, total, isClass);
      if (was < TUNED_IN_S && total >= TUNED_IN_S) this.#person(minute, isClass, words, at);
    }
    if (before !== after) this.#seconds(minute, before, after, more, isClass);
  }

  /** A session has listened longer, or counts otherwise than before. */
  #moved(was: number, wasClass: number, total: number, isClass: number): void {
    const { listened, tuned } = this.sums;
    if (was > 0) listened[wasClass] = (listened[wasClass] as number) - 1;
    if (total > 0) listened[isClass] = (listened[isClass] as number) + 1;
    if (was >= TUNED_IN_S) tuned[wasClass] = (tuned[wasClass] as number) - 1;
    if (total >= TUNED_IN_S) tuned[isClass] = (tuned[isClass] as number) + 1;
  }

  /** The same for a player inside another site. */
  #movedEmbedded(was: number, wasClass: number, total: number, isClass: number): void {
    const { embedded } = this.sums;
    // May fall below 0: a door that did not know the session yet may not have known where it is heard.
    if (was >= TUNED_IN_S) embedded[wasClass] = (embedded[wasClass] as number) - 1;
    if (total >= TUNED_IN_S) embedded[isClass] = (embedded[isClass] as number) + 1;
  }

  #seconds(minute: number, before: number, after: number, more: number, isClass: number): void {
    const { sums } = this;
    const all = this.stage.shareOf(minute);
    let stage = more * (all ?? 0);
    if (all === undefined) {
      const shares = this.stage.sharesOf(minute);
      for (let slot = 0; slot < SLOTS; slot++)
        stage += (slotOf(after, slot) - slotOf(before, slot)) * (shares[slot] as number);
    }
    sums.stage[isClass] = (sums.stage[isClass] as number) + stage;
    sums.standby[isClass] = (sums.standby[isClass] as number) + more * TICKS - stage;
  }

  #person(minute: number, isClass: number, words: Int32Array, at: number): void {
    const day = Math.floor(minute / MINUTES_A_DAY);
    const [low, high] = [words[at + 2] as number, words[at + 3] as number];
    const isExcluded = isClass === CLASS.excluded;
    // Who asks not to be tracked has no key: a session, and none of the different listeners.
    if (this.keys) {
      if (low !== 0 || high !== 0) this.keys.person(day, isExcluded, low, high);
      return;
    }
    if (day > this.today.day) {
      const { people } = this.today;
      if (people.gross > 0)
        this.earlier.push({ day: this.today.day, people: people.net, gross: people.gross });
      this.today = { day, people: new DayPeople() };
    }
    if (low !== 0 || high !== 0) this.today.people.add(isExcluded, low, high);
  }

  #replayed(minute: number, isClass: number, words: Int32Array, at: number): void {
    const day = Math.floor(minute / MINUTES_A_DAY);
    const { keys } = this.replayKeys;
    if (!this.keys && day > this.replayKeys.day) {
      this.replays.beside += keys.size;
      this.replays.error += keys.error;
      this.replayKeys = { day, keys: new Distinct() };
    }
    this.replays.gross += 1;
    if (isClass === CLASS.excluded) return;
    const [low, high] = [words[at + 2] as number, words[at + 3] as number];
    // Whoever asks not to be known has no key: each of their replays stands for itself.
    if (low === 0 && high === 0) this.replays.beside += 1;
    else if (this.keys) this.keys.replay(day, low, high);
    else this.replayKeys.keys.add(low, high);
  }

  #exclude(was: number, is: number): void {
    this.changes += 1;
    if (was !== 0) this.excluded[was] = (this.excluded[was] as number) - 1;
    if (is !== 0) this.excluded[is] = (this.excluded[is] as number) + 1;
  }

  /** Takes a session of the live table out of the count, from now on. */
  exclude(entries: Int32Array, at: number, code: number): void {
    const w4 = entries[at + WORD.proven] as number;
    const was = (w4 >>> 24) & 15;
    if (was !== 0) return;
    const from = classOf(0, w4 >>> 28);
    entries[at + WORD.proven] = (w4 & 0xf0ff_ffff) | ((code << 24) >>> 0);
    this.#exclude(0, code);
    const total = (entries[at + WORD.total] as number) >>> 16;
    const { listened, tuned } = this.sums;
    if (total > 0) move(listened, from);
    if (total >= TUNED_IN_S) move(tuned, from);
  }

  /** Forgets sessions that have been silent for hours; they stay in the sums. `goes` is told those of the live table. */
  forget(minute: number, goes?: (entries: Int32Array, at: number) => void): void {
    const over = (entries: Int32Array, at: number): boolean =>
      minutesAfter(minute, (entries[at + WORD.delivered] as number) >>> 24) >= OVER_AFTER;
    this.live.remove((entries, at) => {
      const isOver = over(entries, at);
      if (isOver) goes?.(entries, at);
      return isOver;
    });
    this.replay.remove(over);
  }

  /** Bytes of its tables. */
  get bytes(): number {
    return this.live.bytes + this.replay.bytes + this.today.people.bytes;
  }
}

/** The lower 48 bits of the session id of a record or entry, as one number. */
export const idAt = (words: Int32Array, at: number): number =>
  ((words[at] as number) >>> 0) + ((words[at + 1] as number) & 0xffff) * 2 ** 32;

function move(sums: number[], from: number): void {
  sums[from] = (sums[from] as number) - 1;
  sums[CLASS.excluded] = (sums[CLASS.excluded] as number) + 1;
}
