import { randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { FRAGMENT_MS, FRAGMENTS_PER_PART, FRAGMENTS_PER_SEGMENT } from '../../base/time.ts';
import { openHmac } from '../../keys/hmac.ts';
import { randomId } from '../../keys/random-id.ts';
import { EXCLUSIONS, type Exclusion } from '../../wire/metrics.ts';
import { FLAG, SLOT_S, SLOTS, TRANSPORTS, type Way } from '../../wire/session-record.ts';
import { type ClientAddress, networkOf } from '../network/client-address.ts';
import type { Listening } from '../request/listening.ts';
import { agentExclusion } from './agents.ts';
import { listenerKey, type Salts } from './listener-key.ts';
import { NetworkCounts } from './network-counts.ts';
import type { NetworkList } from './network-list.ts';
import { SessionRows, STATE, secondsIn, withProof, withSeconds } from './session-table.ts';
import type { SessionTokens, TokenContents, TokenFault } from './session-token.ts';

/** Most sessions that one listener key may have at once; further ones do not count. */
export const MOST_OF_KEY = 3;
/** How many rows of a key are looked at: a flood of one key must not make each of them dearer. */
const MOST_LOOKED_AT = 64;
const SEGMENT_MS = FRAGMENTS_PER_SEGMENT * FRAGMENT_MS;
const MOST_ROOMS = 65_535;
/** Sent in place of a session by a listener who has none yet, but can send proofs. */
export const WITHOUT_SESSION = 'new';
/** Whoever gives no sign for longer was away; a player of a recording has more in store. */
const MOST_PAUSE_MS = { live: 30_000, recording: 180_000 } as const;
/** Time in which a session had nothing to hear is kept for sound that is known of late, at most this much, ms. */
const MOST_SPARE_MS = 30_000;
/** After its last request a player is there for half a piece more on average, ms. */
const HALF_PIECE_MS: Readonly<Partial<Record<Way, number>>> = {
  hls: SEGMENT_MS / 2,
  replay: SEGMENT_MS / 2,
  'll-hls': (FRAGMENTS_PER_PART * FRAGMENT_MS) / 2,
};
/** Slots before the present one in which proven seconds may lie: two minutes. */
const SLOTS_BACK = 2 * SLOTS;

/** Dependencies of sessions. */
export interface SessionsDeps {
  readonly clock: Clock;
  /** Wall-clock ms by which days are counted. */
  wall(): number;
  readonly tokens: SessionTokens;
  readonly salts: Salts;
  /** Wall-clock ms at which a room's program began. */
  zero(slug: string): number | undefined;
  /** True for a host's or speaker's token of the room. */
  knowsToken?(token: string, slug: string, wall: number): boolean;
  /** Networks of data centres, whose listeners do not count; and networks that may be dense. */
  readonly dataCentres: NetworkList;
  readonly shared: NetworkList;
}

/** A session that has begun or continues. */
export interface Begun {
  /** Its row in the table; −1 when it is not counted. */
  readonly row: number;
  /** For the player to keep; absent for those that cannot. */
  readonly token?: string;
}

/** Counters of sessions, for the metrics. */
export interface SessionCounts {
  begun: number;
  resumed: number;
  /** Heard, but not counted: the table is full. */
  uncounted: number;
  forged: number;
  expired: number;
  replayed: number;
}

/** The sessions of this door: whose they are, which of them count, and what they have received. */
export class ListeningSessions {
  readonly table = new SessionRows();
  readonly counts: SessionCounts = { begun: 0, resumed: 0, uncounted: 0, forged: 0, expired: 0, replayed: 0 };
  readonly #deps: SessionsDeps;
  /** Never written anywhere, and gone with this process. */
  readonly #here = openHmac(randomBytes(32));
  readonly #networks = new NetworkCounts();
  readonly #slugs: string[] = [];
  readonly #rooms = new Map<string, number>();

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
  }

  /**
   * Begins a session, or goes on with the one of a token. `given`: what the listener sent; undefined: a foreign player
   * that cannot prove anything. A token that is not good gets a new session that does not count.
   */
  begin(slug: string, way: Way, who: Listening, given?: string): Begun {
    if (given === undefined) return { row: this.#add(slug, way, who, freshId(), FLAG.silent, 'none') };
    if (given === WITHOUT_SESSION || given === '') return this.#new(slug, way, who, 'none');
    const { tokens } = this.#deps;
    const contents = tokens.read(given);
    const fault = contents ? tokens.check(given, slug) : 'forged';
    if (!contents || fault) {
      this.counts[fault ?? 'forged'] += 1;
      return this.#new(slug, way, who, 'bad-token');
    }
    const row = this.#resume(slug, way, who, contents);
    return { row, token: tokens.renew(slug, contents) };
  }

  /** A token of a new session, which begins when it is used. */
  token(slug: string): string {
    return this.#deps.tokens.issue(slug, this.#nextSegment(slug));
  }

  /** The row of a token's session; −1 when it is not known here. Nothing is checked. */
  rowOf(token: string): number {
    const contents = this.#deps.tokens.read(token);
    return contents ? this.table.find(contents.low, contents.high) : -1;
  }

  /** What is wrong with a token; undefined when it is good. */
  tokenFault(token: string, slug: string): TokenFault | undefined {
    return this.#deps.tokens.check(token, slug);
  }

  /** A session in the place of one whose token is used on a newer connection: it does not count. */
  replaced(row: number): number {
    this.counts.replayed += 1;
    const { table } = this;
    const way = TRANSPORTS[(table.kind[row] ?? 0) & 15] ?? 'stream';
    const { low, high } = freshId();
    const key = [table.keyLow[row] ?? 0, table.keyHigh[row] ?? 0] as const;
    const next = table.add(
      {
        ...{ id: [low, high] as const, key, room: table.room[row] ?? 0, way, flags: 0 },
        ...{ exclusion: EXCLUSIONS.indexOf('replayed-token'), network: table.network[row] ?? -1 },
        told: [table.toldLow[row] ?? 0, table.toldHigh[row] ?? 0],
      },
      this.#deps.clock.now(),
    );
    if (next >= 0) this.open(next);
    return next;
  }

  /** The row of a session that proves something here although it hears elsewhere. */
  known(slug: string, way: Way, who: Listening, contents: TokenContents): number {
    const row = this.table.find(contents.low, contents.high);
    return row >= 0 ? row : this.#add(slug, way, who, contents, 0, 'none');
  }

  /** The room of a row. */
  slugOf(row: number): string {
    return this.#slugs[this.table.room[row] ?? 0] ?? '';
  }

  /** The number by which rows name a room; −1 when there are too many. */
  roomOf(slug: string): number {
    const known = this.#rooms.get(slug);
    if (known !== undefined) return known;
    if (this.#slugs.length >= MOST_ROOMS) return -1;
    this.#rooms.set(slug, this.#slugs.length);
    this.#slugs.push(slug);
    return this.#slugs.length - 1;
  }

  /** True when a row is in the room. */
  isIn(row: number, slug: string): boolean {
    return this.slugOf(row) === slug;
  }

  /** Somebody hears a session from now on. */
  open(row: number): void {
    const { table } = this;
    table.state[row] = ((table.state[row] ?? 0) | STATE.open) & ~STATE.left;
    table.seen[row] = this.#deps.clock.now();
  }

  /** Nobody does any more; it may come back. */
  close(row: number): void {
    const { table } = this;
    table.state[row] = (table.state[row] ?? 0) & ~STATE.open;
    table.seen[row] = this.#deps.clock.now();
  }

  /** Nothing was asked of it for long: it left some time after its last request, unless its connection said when. */
  idle(row: number): void {
    const { table } = this;
    const way = TRANSPORTS[(table.kind[row] ?? 0) & 15] ?? 'hls';
    if (((table.state[row] ?? 0) & STATE.left) === 0)
      table.spare[row] = (table.spare[row] ?? 0) + (HALF_PIECE_MS[way] ?? 0);
    this.close(row);
  }

  /**
   * Sound reaches a session from now on. `missed`: what it is given at once because it went without while it came here
   * from another door, ms; it heard that meanwhile, from what it had in store.
   */
  begins(row: number, missed = 0): void {
    const { table } = this;
    if (Number.isNaN(table.since[row])) {
      table.since[row] = this.#deps.clock.now();
      table.spare[row] = Math.min(missed, MOST_SPARE_MS);
    } else this.present(row);
  }

  /** It is there: the time since the last sign of it was spent listening, as far as it had sound. */
  present(row: number): void {
    const { table } = this;
    const now = this.#deps.clock.now();
    const gone = now - (table.since[row] ?? Number.NaN);
    if (Number.isNaN(gone)) return;
    table.since[row] = now;
    const way = TRANSPORTS[(table.kind[row] ?? 0) & 15];
    const isRecording = way === 'replay' || way === 'download';
    if (gone > (isRecording ? MOST_PAUSE_MS.recording : MOST_PAUSE_MS.live)) {
      // It was away: what it had in store then it never heard.
      table.heard[row] = table.played[row] ?? 0;
      table.spare[row] = 0;
      return;
    }
    const store = (table.heard[row] ?? 0) - (table.played[row] ?? 0);
    table.spare[row] = Math.min((table.spare[row] ?? 0) + gone, Math.max(MOST_SPARE_MS, store));
  }

  /** Its connection was closed: it was there until now. */
  leaves(row: number): void {
    const { table } = this;
    this.present(row);
    table.state[row] = (table.state[row] ?? 0) | STATE.left;
  }

  /** Forgets a session. */
  forget(row: number): void {
    const { table } = this;
    const key = [table.keyLow[row] ?? 0, table.keyHigh[row] ?? 0] as const;
    const network = table.network[row] ?? -1;
    table.remove(row);
    if (network >= 0 && table.firstOf(...key) < 0) this.#networks.remove(network);
  }

  /** Sound that was delivered, ms. */
  deliver(row: number, time: number): void {
    const { table } = this;
    table.heard[row] = (table.heard[row] ?? 0) + time;
    table.seen[row] = this.#deps.clock.now();
  }

  /** True when too many listeners are in the network of a session; it does not count from then on. */
  crowds(row: number): boolean {
    return this.table.exclusion[row] === 0 && this.#networks.dense(this.table.network[row] ?? -1);
  }

  /** A valid proof of `seconds` came now: they lie in the slots before this instant, and the sign of it in this slot. */
  prove(row: number, seconds: number, wall: number): void {
    const { table } = this;
    const total = (table.proven[row] ?? 0) + seconds;
    table.proven[row] = total;
    let left = Math.round(total) - (table.provenTold[row] ?? 0);
    table.provenTold[row] = (table.provenTold[row] ?? 0) + Math.max(0, left);
    const last = Math.floor(wall / (SLOT_S * 1000));
    table.reach(row, Math.floor(last / SLOTS));
    for (let slot = last; slot >= last - SLOTS_BACK && (left > 0 || slot === last); slot -= 1) {
      const minute = Math.floor(slot / SLOTS);
      const at = table.at(row, minute);
      if (at < 0) break;
      const place = slot - minute * SLOTS;
      const word = table.confirmed[at] ?? 0;
      const whole = slot === last ? Math.ceil((wall - slot * SLOT_S * 1000) / 1000) : SLOT_S;
      const there = secondsIn(word, place);
      const more = Math.max(0, Math.min(left, whole - there));
      left -= more;
      const next = withSeconds(word, place, there + more);
      table.confirmed[at] = slot === last ? withProof(next, place) : next;
      table.touch(row, minute);
    }
  }

  /** By which the sessions of a listener are found at this door, from one day to the next. */
  keyOf({ address, agent }: Pick<Listening, 'address' | 'agent'>): readonly [number, number] {
    return listenerKey(this.#here, address ?? NOWHERE, agent ?? '');
  }

  /** The listener key that is told, for as long as the session lasts; 0 of whoever asks not to be known. */
  toldKey({ private: hidden, address, agent }: Listening): readonly [number, number] {
    const { salts, wall } = this.#deps;
    return hidden ? [0, 0] : listenerKey(salts.at(wall()), address ?? NOWHERE, agent ?? '');
  }

  #new(slug: string, way: Way, who: Listening, exclusion: Exclusion): Begun {
    const token = this.token(slug);
    const contents = this.#deps.tokens.read(token);
    return { row: contents ? this.#add(slug, way, who, contents, 0, exclusion) : -1, token };
  }

  #nextSegment(slug: string): number {
    const zero = this.#deps.zero(slug);
    return zero === undefined ? 0 : Math.floor((this.#deps.clock.wall() - zero) / SEGMENT_MS) + 1;
  }

  #resume(slug: string, way: Way, who: Listening, contents: TokenContents): number {
    const { table } = this;
    const row = table.find(contents.low, contents.high);
    if (row < 0) return this.#add(slug, way, who, contents, 0, 'none');
    this.counts.resumed += 1;
    table.kind[row] = ((table.kind[row] ?? 0) & 0xf0) | TRANSPORTS.indexOf(way);
    table.sealed(row, contents.expires, contents.seal);
    return row;
  }

  #add(
    slug: string,
    way: Way,
    who: Listening,
    id: Pick<TokenContents, 'low' | 'high'> & Partial<TokenContents>,
    flags: number,
    exclusion: Exclusion,
  ): number {
    const { table } = this;
    const room = this.roomOf(slug);
    const key = this.keyOf(who);
    const first = table.firstOf(...key);
    const why = exclusion === 'none' ? this.#exclusionOf(slug, who, first) : exclusion;
    const network = this.#networkOf(who.address, first);
    const row =
      room < 0
        ? -1
        : table.add(
            {
              ...{ id: [id.low, id.high] as const, key, room, way, flags, network },
              ...{ exclusion: EXCLUSIONS.indexOf(why), told: this.toldKey(who) },
            },
            this.#deps.clock.now(),
          );
    if (row < 0) {
      this.counts.uncounted += 1;
      if (network >= 0 && first < 0) this.#networks.remove(network);
      return row;
    }
    if (id.seal) table.sealed(row, id.expires ?? 0, id.seal);
    this.counts.begun += 1;
    return row;
  }

  #networkOf(address: ClientAddress | undefined, first: number): number {
    if (first >= 0) return this.table.network[first] ?? -1;
    if (!address || this.#deps.shared.has(address)) return -1;
    return this.#networks.add(networkOf(address));
  }

  /** Why somebody does not count, by what is known of them alone. */
  exclusionOf(slug: string, who: Listening): Exclusion {
    const { dataCentres, knowsToken, clock } = this.#deps;
    if (who.prefetch) return 'preview';
    const agent = agentExclusion(who.agent, who.brands);
    if (agent !== 'none') return agent;
    if (who.token !== undefined && knowsToken?.(who.token, slug, clock.wall())) return 'staff';
    return who.address && dataCentres.has(who.address) ? 'data-centre' : 'none';
  }

  #exclusionOf(slug: string, who: Listening, first: number): Exclusion {
    const own = this.exclusionOf(slug, who);
    if (own !== 'none') return own;
    let open = 0;
    for (let row = first, looked = 0; row >= 0 && looked < MOST_LOOKED_AT; row = this.table.nextOf(row)) {
      looked += 1;
      if ((this.table.state[row] ?? 0) & STATE.open) open += 1;
    }
    return open >= MOST_OF_KEY ? 'many-sessions' : 'none';
  }
}

/** An id for a player that gets no token. */
function freshId(): Pick<TokenContents, 'low' | 'high'> {
  const id = randomId();
  return { low: id.readUInt32LE(0), high: id.readUInt32LE(4) };
}

/** Whoever has no address comes from this machine, by a socket file. */
const NOWHERE: ClientAddress = { family: 4, value: 0n };
