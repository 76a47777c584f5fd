/** One sample of a room: who was listening at an instant. Looks at every session, and applies the rules that need all of them. */
import type { AudienceSample } from '../wire/numbers.ts';
import type { AudienceCount } from './audience-count.ts';
import { exclusionCode, MOST_SESSIONS_PER_KEY, UNPROVEN_S, WITHOUT_BYTES_S } from './rules.ts';
import { estimate } from './sampling.ts';
import {
  HEARD_S,
  type Instant,
  instantOf,
  KEY_MASK,
  minutesAfter,
  ROW_FLAG,
  readInstant,
  SLOTS_MASK,
  sumOf,
  WORD,
} from './tables/session-row.ts';
import { SESSION_WORDS } from './tables/session-table.ts';

/** A sample, and the counts it consists of. */
export interface SampleCount extends AudienceSample {
  /** Of those in `m`: sessions that cannot prove what they have, and stand by the server's word. */
  readonly silent: number;
  /** Half of the 95 % interval of `c` and `m`; 0 while every session proves. */
  readonly error: number;
}

/** The share of sessions that were asked for proofs; `settled` once all doors must have received it. */
export interface ProofShare {
  readonly share: number;
  readonly settled: boolean;
}

/** Beyond chance: at least 50,000 are asked. */
const ASKED_MORE = 1.05;
const MANY = exclusionCode('many-sessions');
const WITHOUT_BYTES = exclusionCode('proof-without-bytes');
const UNPROVEN = exclusionCode('bytes-without-proof');
/** Seconds of a whole minute that make sure that a player without a proof is not just slow. */
const MINUTE_HEARD_S = UNPROVEN_S - 36;

/**
 * Takes the sample of the instant `at` (wall-clock ms, a multiple of 10,000); the records of the slot that ends there
 * must have arrived.
 */
export function takeSample(count: AudienceCount, at: number, { share, settled }: ProofShare): SampleCount {
  const { minute, slot } = instantOf(at);
  const found = look(count, minute, slot);
  if (found.hot && excludeMany(count, minute, slot)) Object.assign(found, look(count, minute, slot));
  const { provable, unsampled, silent, gross } = found;
  const asked = provable === 0 ? share : (provable - unsampled) / provable;
  // While doors change over, or ask more players than they should, what they did is known. Fewer than they should say
  // that they were not asked by chance: whoever refuses to prove must not be stood for by others.
  const p = !settled || asked > share * ASKED_MORE ? Math.max(share, asked) : share;
  const s = provable + silent;
  const both = estimate(found.both, p);
  const proved = estimate(found.proved, p);
  const c = Math.min(gross, silent + Math.round(proved.value));
  return {
    ...{ at, s, c, m: Math.min(s, c, silent + Math.round(both.value)), gross, silent },
    error: Math.ceil(both.error),
  };
}

interface Look {
  /** Sessions with sound that could prove it, those that were not asked to among them. */
  provable: number;
  unsampled: number;
  silent: number;
  proved: number;
  both: number;
  gross: number;
  /** True when some keys may have too many sessions. */
  hot: boolean;
}

const instant: Instant = { heard: 0, proved: false };
/** Sessions by a few bits of their key; shared by all rooms, grown as needed. */
let buckets = new Uint8Array(1_024);

function look(count: AudienceCount, minute: number, slot: number): Look {
  const found: Look = { provable: 0, unsampled: 0, silent: 0, proved: 0, both: 0, gross: 0, hot: false };
  // Twice as many as sessions and a few more, so that few buckets are hot by chance.
  const size = 2 ** Math.max(10, Math.min(22, Math.ceil(Math.log2(count.live.size * 2 + 1))));
  if (buckets.length < size) buckets = new Uint8Array(size);
  else buckets.fill(0, 0, size);
  for (const { entries, count: many } of count.live.shards) {
    for (let i = 0; i < many; i++) {
      const at = i * SESSION_WORDS;
      if (!readInstant(entries, at, minute, slot, instant)) continue;
      suspect(count, entries, at, minute);
      const { heard, proved } = instant;
      const s = heard >= HEARD_S;
      if (!s && !proved) continue;
      found.gross += 1;
      const w4 = entries[at + WORD.proven] as number;
      if ((w4 >>> 24) & 15) continue;
      const key = (entries[at + WORD.key] as number) & KEY_MASK;
      if (key !== 0) {
        const bucket = key & (size - 1);
        const many = (buckets[bucket] as number) + 1;
        if (many < 255) buckets[bucket] = many;
        if (many > MOST_SESSIONS_PER_KEY) found.hot = true;
      }
      const flags = w4 >>> 28;
      if (flags & ROW_FLAG.silent) {
        if (s) found.silent += 1;
        continue;
      }
      if (s) found.provable += 1;
      if (flags & ROW_FLAG.unsampled) {
        if (s) found.unsampled += 1;
        continue;
      }
      if (!proved) continue;
      found.proved += 1;
      if (s) found.both += 1;
    }
  }
  return found;
}

/** Applies the rules about one session: it has sound and proves none, or proves what no door gave it. */
function suspect(count: AudienceCount, entries: Int32Array, at: number, minute: number): void {
  const w4 = entries[at + WORD.proven] as number;
  const flags = w4 >>> 28;
  if ((w4 >>> 24) & 15 || flags & (ROW_FLAG.silent | ROW_FLAG.unsampled)) return;
  if ((entries[at + WORD.total] as number) >>> 16 !== 0) return;
  const w3 = entries[at + WORD.delivered] as number;
  if (minutesAfter(minute, w3 >>> 24) !== 0) return;
  const w5 = entries[at + WORD.lastDelivered] as number;
  const w6 = entries[at + WORD.lastProven] as number;
  const before = sumOf(w5 & SLOTS_MASK);
  const here = sumOf(w3 & SLOTS_MASK);
  if (before >= MINUTE_HEARD_S && before + here >= UNPROVEN_S && w5 >>> 24 === 0 && w6 >>> 24 === 0)
    count.exclude(entries, at, UNPROVEN);
  else if (
    flags & ROW_FLAG.direct &&
    before + here === 0 &&
    sumOf(w6 & SLOTS_MASK) + sumOf(w4 & SLOTS_MASK) >= WITHOUT_BYTES_S * 2
  )
    count.exclude(entries, at, WITHOUT_BYTES);
}

/** Takes out the sessions of keys that have too many at this instant. True when there were any. */
function excludeMany(count: AudienceCount, minute: number, slot: number): boolean {
  const size = 2 ** Math.max(10, Math.min(22, Math.ceil(Math.log2(count.live.size * 2 + 1))));
  const keys = new Map<number, number>();
  const each = (visit: (entries: Int32Array, at: number, key: number) => void): void => {
    for (const { entries, count: many } of count.live.shards)
      for (let i = 0; i < many; i++) {
        const at = i * SESSION_WORDS;
        const key = (entries[at + WORD.key] as number) & KEY_MASK;
        if (key === 0 || (buckets[key & (size - 1)] as number) <= MOST_SESSIONS_PER_KEY) continue;
        if (((entries[at + WORD.proven] as number) >>> 24) & 15) continue;
        if (!readInstant(entries, at, minute, slot, instant)) continue;
        if (instant.heard >= HEARD_S || instant.proved) visit(entries, at, key);
      }
  };
  each((_entries, _at, key) => void keys.set(key, (keys.get(key) ?? 0) + 1));
  let any = false;
  each((entries, at, key) => {
    if ((keys.get(key) ?? 0) <= MOST_SESSIONS_PER_KEY) return;
    count.exclude(entries, at, MANY);
    any = true;
  });
  return any;
}
