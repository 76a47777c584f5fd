/**
 * One sample of a room: who was listening at an instant. Looks at every session, and applies the rules that need all of
 * them. In a large room it looks in turns, between which records go on to come: every session is judged by the slots that
 * ended at the instant, which later records leave as they are.
 */
import type { AudienceSample } from '../wire/numbers.ts';
import type { AudienceCount } from './audience-count.ts';
import { exclusionCode, MOST_SESSIONS_PER_KEY, UNPROVEN_S, WITHOUT_BYTES_S } from './rules.ts';
import { estimate } from './sampling.ts';
import { KeyBuckets } from './tables/key-buckets.ts';
import {
  HEARD_S,
  INSTANT,
  instantOf,
  KEY_MASK,
  minutesAfter,
  ROW_FLAG,
  readInstant,
  SLOTS_MASK,
  sumOf,
  WORD,
} from './tables/session-row.ts';
import { SESSION_WORDS, type SessionTable } from './tables/session-table.ts';

/** A sample, and the counts it consists of. */
export interface SampleCount extends AudienceSample {
  /** Of those in `m`: sessions that cannot prove what they have, and stand by the server's word. */
  readonly silent: number;
  /**
   * Of those in `c`: sessions to which no door has given sound for a minute and more, and whose sound may come from a
   * cache of somebody else. The others in `c` but not in `m` have left: a proof is good for longer than sound is.
   */
  readonly elsewhere?: number;
  /** Half of the 95 % interval of `c` and `m`; 0 while every session proves. */
  readonly error: number;
}

/** The share of sessions that were asked for proofs; `settled` once all doors must have received it. */
export interface ProofShare {
  readonly share: number;
  /** The share before. */
  readonly before?: number;
  readonly settled: boolean;
}

/** Beyond chance: at least 50,000 are asked. */
const ASKED_MORE = 1.05;
const MANY = exclusionCode('many-sessions');
const WITHOUT_BYTES = exclusionCode('proof-without-bytes');
const UNPROVEN = exclusionCode('bytes-without-proof');
/** Seconds of a whole minute that make sure that a player without a proof is not just slow. */
const MINUTE_HEARD_S = UNPROVEN_S - 36;

/** Sessions of a turn: some milliseconds. */
export const SESSIONS_A_TURN = 50_000;

/** What is done with the sessions: all are counted; keys that may have too many are counted; their sessions are taken out. */
type Pass = 'look' | 'keys' | 'exclude';

/** Buckets that no sample uses: they are a megabyte in a large room. */
const freeBuckets: KeyBuckets[] = [];

/** A sample that is being taken. */
export class SampleScan {
  /** Wall-clock ms of the instant. */
  readonly at: number;
  /** Sessions that were looked at so far, each once for each pass. */
  looked = 0;
  readonly #count: AudienceCount;
  readonly #share: ProofShare;
  readonly #minute: number;
  readonly #slot: number;
  #pass: Pass = 'look';
  #shard = 0;
  #next = 0;
  #version = -1;
  #found = nobody();
  readonly #buckets: KeyBuckets;
  #keys = new Map<number, number>();

  /** Begins the sample at wall-clock ms `at`, a multiple of 10,000; records of the slot that ended then must be there. */
  constructor(count: AudienceCount, at: number, share: ProofShare) {
    this.at = at;
    this.#count = count;
    this.#share = share;
    this.#buckets = freeBuckets.pop() ?? new KeyBuckets(SESSIONS_A_TURN);
    const { minute, slot } = instantOf(at);
    this.#minute = minute;
    this.#slot = slot;
  }

  /** Looks at so many sessions; true when the sample is complete. */
  turn(most: number): boolean {
    const { live } = this.#count;
    // Entries have moved: it looks again from the first.
    if (this.#version !== live.version) this.#begin(live);
    for (let left = most; left > 0; ) {
      const shard = live.shards[this.#shard];
      if (!shard) {
        if (!this.#isDone()) continue;
        freeBuckets.push(this.#buckets);
        return true;
      }
      const to = Math.min(shard.count, this.#next + Math.min(left, SESSIONS_A_TURN));
      this.#some(shard.entries, this.#next, to);
      left -= to - this.#next;
      this.looked += to - this.#next;
      this.#next = to;
      if (to < shard.count) continue;
      this.#shard += 1;
      this.#next = 0;
    }
    return false;
  }

  #begin(live: SessionTable): void {
    this.#version = live.version;
    this.#buckets.clear(live.size);
    this.#found = nobody();
    this.#keys.clear();
    this.#turnTo('look');
  }

  #turnTo(pass: Pass): void {
    this.#pass = pass;
    this.#shard = 0;
    this.#next = 0;
  }

  #some(entries: Int32Array, from: number, to: number): void {
    const when = { minute: this.#minute, slot: this.#slot, from, to };
    const buckets = this.#buckets;
    if (this.#pass === 'look') {
      look(this.#count, entries, when, { keys: buckets, found: this.#found });
      buckets.count();
      return;
    }
    const keys = this.#keys;
    const isExcluding = this.#pass === 'exclude';
    hotSessions(entries, when, buckets, (at, key) => {
      if (!isExcluding) keys.set(key, (keys.get(key) ?? 0) + 1);
      else if ((keys.get(key) ?? 0) > MOST_SESSIONS_PER_KEY) this.#count.exclude(entries, at, MANY);
    });
  }

  /** A pass has seen all sessions: goes on with the next, or is done. */
  #isDone(): boolean {
    if (this.#pass === 'look' && this.#buckets.any) {
      this.#turnTo('keys');
      return false;
    }
    if (this.#pass === 'keys' && [...this.#keys.values()].some((many) => many > MOST_SESSIONS_PER_KEY)) {
      this.#turnTo('exclude');
      return false;
    }
    if (this.#pass !== 'exclude') return true;
    this.#begin(this.#count.live);
    return false;
  }

  /** The sample, once it is complete. */
  get result(): SampleCount {
    return sampleOf(this.#found, this.at, this.#share);
  }
}

/** The sample of an instant, from all that was found at it. */
export function sampleOf(
  found: SampleLook,
  at: number,
  { share, before = 1, settled }: ProofShare,
): SampleCount {
  const { provable, unsampled, silent, gross, both: proven, proved: claimed } = found;
  const asked = provable === 0 ? share : (provable - unsampled) / provable;
  // While doors change over, or ask more players than they should, what they did is known. Fewer than they should say
  // that they were not asked by chance: whoever refuses to prove must not be stood for by others.
  const between = Math.max(Math.min(share, before), Math.min(Math.max(share, before), asked));
  const p = settled ? (asked > share * ASKED_MORE ? asked : share) : between;
  const s = provable + silent;
  const both = estimate(proven, p);
  const proved = estimate(claimed, p);
  const c = Math.min(gross, silent + Math.round(proved.value));
  return {
    ...{ at, s, c, m: Math.min(s, c, silent + Math.round(both.value)), gross, silent },
    elsewhere: Math.min(c - silent, Math.round(found.elsewhere / p)),
    error: Math.ceil(both.error),
  };
}

/** What was found at an instant: numbers of sessions. */
export interface SampleLook {
  /** Sessions with sound that could prove it, those that were not asked to among them. */
  provable: number;
  unsampled: number;
  silent: number;
  proved: number;
  both: number;
  elsewhere: number;
  gross: number;
}

/** Nothing found so far. */
export const nobody = (): SampleLook => ({
  ...{ provable: 0, unsampled: 0, silent: 0, proved: 0, both: 0, elsewhere: 0, gross: 0 },
});

/** Which entries, and the instant that they are judged at. */
export interface SamplePart {
  readonly minute: number;
  readonly slot: number;
  readonly from: number;
  readonly to: number;
}

/** Counts entries into `found`, and gives the key of each session that counts to `keys`. */
export function look(
  count: AudienceCount,
  entries: Int32Array,
  { minute, slot, from, to }: SamplePart,
  { keys, found }: { readonly keys: { gather(key: number): void }; readonly found: SampleLook },
): void {
  let [provable, unsampled, silent, proved, both, elsewhere, gross] = [0, 0, 0, 0, 0, 0, 0];
  const end = to * SESSION_WORDS;
  for (let at = from * SESSION_WORDS; at < end; at += SESSION_WORDS) {
    const seen = readInstant(entries, at, minute, slot);
    if (seen < 0) continue;
    if ((entries[at + WORD.total] as number) >>> 16 === 0) suspect(count, entries, at, minute);
    if (!isListening(seen)) continue;
    gross += 1;
    const w4 = entries[at + WORD.proven] as number;
    if ((w4 >>> 24) & 15) continue;
    const key = (entries[at + WORD.key] as number) & KEY_MASK;
    if (key !== 0) keys.gather(key);
    const s = (seen & INSTANT.heard) >= HEARD_S ? 1 : 0;
    const flags = w4 >>> 28;
    if (flags & ROW_FLAG.silent) {
      silent += s;
      continue;
    }
    provable += s;
    if (flags & ROW_FLAG.unsampled) {
      unsampled += s;
      continue;
    }
    if ((seen & INSTANT.proved) === 0) continue;
    proved += 1;
    both += s;
    if (s === 0 && !(flags & ROW_FLAG.direct) && soundOf(entries, at) === 0) elsewhere += 1;
  }
  found.provable += provable;
  found.unsampled += unsampled;
  found.silent += silent;
  found.proved += proved;
  found.both += both;
  found.elsewhere += elsewhere;
  found.gross += gross;
}

const isListening = (seen: number): boolean =>
  (seen & INSTANT.proved) !== 0 || (seen & INSTANT.heard) >= HEARD_S;

/** Visits the sessions that listen at the instant, and whose key may have too many of them. */
export function hotSessions(
  entries: Int32Array,
  { minute, slot, from, to }: SamplePart,
  buckets: { isSuspect(key: number): boolean },
  visit: (at: number, key: number) => void,
): void {
  for (let i = from; i < to; i++) {
    const at = i * SESSION_WORDS;
    const key = (entries[at + WORD.key] as number) & KEY_MASK;
    if (key === 0 || !buckets.isSuspect(key)) continue;
    if (((entries[at + WORD.proven] as number) >>> 24) & 15) continue;
    const seen = readInstant(entries, at, minute, slot);
    if (seen >= 0 && isListening(seen)) visit(at, key);
  }
}

/** Seconds that doors gave a session in its newest minute and the one before. */
const soundOf = (entries: Int32Array, at: number): number =>
  sumOf((entries[at + WORD.delivered] as number) & SLOTS_MASK) +
  sumOf((entries[at + WORD.lastDelivered] as number) & SLOTS_MASK);

/** Applies the rules about a session without any listening so far: it has sound and proves none, or proves what no door gave it. */
function suspect(count: AudienceCount, entries: Int32Array, at: number, minute: number): void {
  const w4 = entries[at + WORD.proven] as number;
  const flags = w4 >>> 28;
  if ((w4 >>> 24) & 15 || flags & (ROW_FLAG.silent | ROW_FLAG.unsampled)) return;
  const w3 = entries[at + WORD.delivered] as number;
  if (minutesAfter(minute, w3 >>> 24) !== 0) return;
  const w5 = entries[at + WORD.lastDelivered] as number;
  const w6 = entries[at + WORD.lastProven] as number;
  const before = sumOf(w5 & SLOTS_MASK);
  const here = sumOf(w3 & SLOTS_MASK);
  if (before >= MINUTE_HEARD_S && before + here >= UNPROVEN_S && ((w5 >>> 24) & 63) === 0 && w6 >>> 24 === 0)
    count.exclude(entries, at, UNPROVEN);
  else if (
    flags & ROW_FLAG.direct &&
    before + here === 0 &&
    sumOf(w6 & SLOTS_MASK) + sumOf(w4 & SLOTS_MASK) >= WITHOUT_BYTES_S * 2
  )
    count.exclude(entries, at, WITHOUT_BYTES);
}
