import type { Clock } from '../../base/clock.ts';
import { FRAGMENT_MS, FRAGMENTS_PER_SEGMENT } from '../../base/time.ts';
import { digest } from '../../keys/hmac.ts';
import { readBeacon } from '../../wire/listening/beacon.ts';
import { firstSegment, proofOf } from '../../wire/listening-proof.ts';
import { isRunning, type RoomCard } from '../../wire/room.ts';
import { FLAG, type Way } from '../../wire/session-record.ts';
import type { Listening } from '../request/listening.ts';
import type { SessionTokens, TokenContents } from './session-token.ts';
import type { ListeningSessions } from './sessions.ts';

/** How old, in segments, the last segment of a window may be: 7 min 40 s. */
const MOST_AGE = 90;
/** What the clocks of a player and of the pieces in between may differ by, s. */
const TOLERANCE_S = 1;
/** A player may have that much more than it was heard to get: what is under way between two looks, s. */
const UNDER_WAY_S = 12;
const SEGMENT_S = (FRAGMENTS_PER_SEGMENT * FRAGMENT_MS) / 1000;
/** Segments of a window that nobody can prove any more: a proof of it was wrong. */
const SPOILT = 255;
/** Tags kept for a room: those of the last 90 segments, and as many more. */
const TAGS_KEPT = 256;
const MOST_ROOMS = 4_096;

/** Every result of checking a beacon. */
export const BEACON_RESULTS = [
  'counted',
  'malformed',
  'no-room',
  'forged',
  'expired',
  'early',
  'late',
  'repeated',
  'wrong-proof',
  'uncounted',
  'over-share',
] as const;
/** The result of checking a beacon. */
export type BeaconResult = (typeof BEACON_RESULTS)[number];

/** A room from which nothing has come for so long rests, ms: then only the clock says where its program is. */
const RESTS_MS = 10_000;

/**
 * The newest segment of each program, by the sound itself: when somebody sets the machine's clock, the program goes on where
 * it was, and what its listeners prove is as true as before.
 */
export class LiveEdges {
  readonly #clock: Clock;
  readonly #rooms = new Map<string, { seq: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A fragment of a room has come. */
  came(slug: string, seq: number): void {
    const at = this.#clock.now();
    const known = this.#rooms.get(slug);
    if (!known) {
      if (this.#rooms.size >= MOST_ROOMS) this.#rooms.clear();
      this.#rooms.set(slug, { seq, at });
    } else if (seq > known.seq || at - known.at > RESTS_MS) {
      known.seq = seq;
      known.at = at;
    }
  }

  /** The newest segment; undefined while nothing comes. */
  segment(slug: string): number | undefined {
    const known = this.#rooms.get(slug);
    if (!known || this.#clock.now() - known.at > RESTS_MS) return undefined;
    return Math.floor(known.seq / FRAGMENTS_PER_SEGMENT);
  }
}

/** Dependencies of checking beacons. */
export interface BeaconsDeps {
  readonly clock: Clock;
  /** Wall-clock ms by which minutes are counted. */
  wall(): number;
  readonly sessions: ListeningSessions;
  readonly tokens: SessionTokens;
  card(slug: string): RoomCard | undefined;
  /** The newest segment of a room by the sound that comes; undefined while none does. */
  newest(slug: string): number | undefined;
  /** The tag of a segment of a room. */
  tag(slug: string, segment: number): Uint8Array;
}

/** Tags that were made lately, by room. */
class KnownTags {
  readonly #tag: BeaconsDeps['tag'];
  readonly #rooms = new Map<string, (segment: number) => Uint8Array>();

  constructor(tag: BeaconsDeps['tag']) {
    this.#tag = tag;
  }

  of(slug: string): (segment: number) => Uint8Array {
    const known = this.#rooms.get(slug);
    if (known) return known;
    if (this.#rooms.size >= MOST_ROOMS) this.#rooms.clear();
    const segments = new Int32Array(TAGS_KEPT).fill(-1);
    const tags: Uint8Array[] = [];
    const tag = (segment: number): Uint8Array => {
      const at = segment % TAGS_KEPT;
      const there = tags[at];
      if (there && segments[at] === segment) return there;
      const made = this.#tag(slug, segment);
      segments[at] = segment;
      tags[at] = made;
      return made;
    };
    this.#rooms.set(slug, tag);
    return tag;
  }
}

/**
 * Checks the beacons of players, and counts what they prove. A beacon is never refused: a wrong one changes nothing.
 */
export class Beacons {
  readonly results: Record<BeaconResult, number>;
  readonly #deps: BeaconsDeps;
  readonly #tags: KnownTags;

  constructor(deps: BeaconsDeps) {
    this.#deps = deps;
    this.#tags = new KnownTags((slug, segment) => deps.tag(slug, segment));
    this.results = Object.fromEntries(BEACON_RESULTS.map((name) => [name, 0])) as Record<
      BeaconResult,
      number
    >;
  }

  /** Takes the body of a beacon. `who` is asked only for a session that this door does not know yet. */
  take(slug: string, body: string, who: () => Listening): BeaconResult {
    const result = this.#check(slug, body, who);
    this.results[result] += 1;
    return result;
  }

  /** Counts a beacon that was refused unread, because its network has used up its share. */
  refused(): void {
    this.results['over-share'] += 1;
  }

  #check(slug: string, body: string, who: () => Listening): BeaconResult {
    const beacon = readBeacon(body);
    if (!beacon) return 'malformed';
    const { tokens, sessions, clock, wall } = this.#deps;
    const { table } = sessions;
    const contents = tokens.read(beacon.session);
    if (!contents) return 'malformed';
    const card = this.#deps.card(slug);
    if (!card) return 'no-room';
    let row = table.find(contents.low, contents.high);
    const fault = this.#fault(slug, beacon.session, contents, row);
    if (fault) return fault;
    const { id: session } = contents;
    const { window, segments } = beacon;
    const last = firstSegment(session, window) + segments - 1;
    const when = this.#when(slug, card, last, beacon.way);
    if (when) return when;
    if (row >= 0 && !this.#isNew(row, window, segments)) return 'repeated';
    const proof = proofOf({ session, window, segments }, this.#tags.of(slug), digest);
    if (proof !== beacon.proof) {
      if (row >= 0) this.#mark(row, window, SPOILT);
      return 'wrong-proof';
    }
    if (row < 0) row = sessions.known(slug, beacon.way, who(), contents);
    if (row < 0) return 'uncounted';
    const seconds = this.#seconds(row, beacon.seconds, window, segments);
    this.#mark(row, window, segments);
    const now = clock.now();
    table.provenAt[row] = now;
    table.seen[row] = now;
    table.kind[row] = (table.kind[row] ?? 0) & ~(FLAG.silent << 4);
    if (beacon.hidden) table.raise(row, FLAG.hidden);
    if (beacon.embed) table.raise(row, FLAG.embed);
    sessions.prove(row, seconds, wall());
    return 'counted';
  }

  /** A token whose signature was checked before is known again by a part of it. */
  #fault(slug: string, token: string, contents: TokenContents, row: number): BeaconResult | undefined {
    const { tokens, sessions, clock } = this.#deps;
    const { table } = sessions;
    const known = row >= 0 && sessions.isIn(row, slug);
    if (known && table.isSealed(row, contents.expires, contents.seal))
      return contents.expires * 60_000 < clock.wall() ? 'expired' : undefined;
    const fault = tokens.check(token, slug);
    if (fault || !known) return fault;
    table.sealed(row, contents.expires, contents.seal);
    return undefined;
  }

  /** Segments that are not out yet cannot be proven, and of live sound not those of long ago. */
  #when(
    slug: string,
    { zero, status, clocks }: RoomCard,
    last: number,
    way: Way,
  ): 'early' | 'late' | 'no-room' | undefined {
    if (zero === undefined) return 'no-room';
    const running = isRunning(status);
    const until = running ? this.#deps.clock.wall() : (clocks.ended ?? zero);
    const known = running ? this.#deps.newest(slug) : undefined;
    // Another door may have the next segment a moment before this one.
    const newest = known === undefined ? Math.floor((until - zero) / (SEGMENT_S * 1000)) : known + 1;
    if (last > newest) return 'early';
    return running && way !== 'replay' && newest - last > MOST_AGE ? 'late' : undefined;
  }

  #isNew(row: number, window: number, segments: number): boolean {
    const { table } = this.#deps.sessions;
    const before = table.window[row] ?? -1;
    return window > before || (window === before && segments > (table.segments[row] ?? 0));
  }

  #mark(row: number, window: number, segments: number): void {
    const { table } = this.#deps.sessions;
    table.window[row] = window;
    table.segments[row] = segments;
  }

  /** The seconds that are believed: of this window, since the last proof, and of what was delivered here. */
  #seconds(row: number, said: number, window: number, segments: number): number {
    const { table } = this.#deps.sessions;
    const before = table.window[row] === window ? (table.segments[row] ?? 0) : 0;
    const since = Math.max(table.provenAt[row] ?? 0, table.began[row] ?? 0);
    const passed = (this.#deps.clock.now() - since) / 1000 + TOLERANCE_S;
    const heard = (table.heard[row] ?? 0) / 1000;
    const first = table.provenAt[row] === Number.NEGATIVE_INFINITY && heard === 0;
    const most = (segments - before) * SEGMENT_S + TOLERANCE_S;
    const left = heard > 0 ? heard + UNDER_WAY_S - (table.proven[row] ?? 0) : most;
    return Math.max(0, Math.min(said, most, first ? most : passed, left));
  }
}
