import { randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { FRAGMENT_MS, FRAGMENTS_PER_PART, FRAGMENTS_PER_SEGMENT } from '../../base/time.ts';
import { openHmac } from '../../keys/hmac.ts';
import { randomId } from '../../keys/random-id.ts';
import { EXCLUSIONS, type Exclusion } from '../../wire/metrics.ts';
import { FLAG, SLOT_S, SLOTS, TRANSPORTS, type Way } from '../../wire/session-record.ts';
import type { ClientAddress } from '../network/client-address.ts';
import type { Listening } from '../request/listening.ts';
import { agentExclusion } from './agents.ts';
import { IdenticalTimes } from './identical-times.ts';
import { listenerKey, type Salts } from './listener-key.ts';
import { ListenerNetworks } from './network-counts.ts';
import type { NetworkList } from './network-list.ts';
import type { ProofSampling } from './proof-sampling.ts';
import { RoomNames } from './room-names.ts';
import { SessionRows, STATE, secondsIn, withProof, withSeconds } from './session-table.ts';
import type { SessionTokens, TokenContents, TokenFault } from './session-token.ts';

/** Most sessions that a listener without a reported key may have at once at this door; further ones do not count. */
export const MOST_OF_KEY = 3;
/** How many rows of a key are looked at: a flood of one key must not make each of them dearer. */
const MOST_LOOKED_AT = 64;
const SEGMENT_MS = FRAGMENTS_PER_SEGMENT * FRAGMENT_MS;
const IDENTICAL = EXCLUSIONS.indexOf('identical-times');
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
  /** Which sessions prove in a crowd. */
  readonly sampling: ProofSampling;
}

/** A session that has begun or continues. */
export interface Begun {
  /** Its row in the table; −1 when it is not counted. */
  readonly row: number;
  /** For the player to keep; absent for those that cannot. */
  readonly token?: string;
  /** False: others prove in its place, as long as the state of the room does not say otherwise. */
  readonly proves?: boolean;
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
  readonly networks: ListenerNetworks;
  readonly counts: SessionCounts = { begun: 0, resumed: 0, uncounted: 0, forged: 0, expired: 0, replayed: 0 };
  readonly #deps: SessionsDeps;
  /** Never written anywhere, and gone with this process. */
  readonly #here = openHmac(randomBytes(32));
  readonly #identical = new IdenticalTimes();
  readonly #names = new RoomNames();

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
    this.networks = new ListenerNetworks({ ...deps, table: this.table });
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
    return { row, token: tokens.renew(slug, contents), proves: this.#proves(slug, contents) };
  }

  #proves(slug: string, { low, high }: Pick<TokenContents, 'low' | 'high'>): boolean {
    return this.#deps.sampling.asks(slug, low, high);
  }

  /** Checks whether others stand for a session by now. */
  judgeProving(row: number): void {
    this.#deps.sampling.mark(this.table, row, this.slugOf(row));
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
        person: table.person[row] ?? 0,
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
    return this.#names.slugOf(this.table.room[row] ?? 0);
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

  /**
   * A session is over, because its listener left. Proxies come and go with all that is behind them, so those who came by
   * one are not compared.
   */
  over(row: number): void {
    const { table } = this;
    if (((table.state[row] ?? 0) & STATE.relayed) !== 0) return;
    const now = this.#deps.clock.now();
    for (const one of this.#identical.ended(row, table.began[row] ?? 0, table.seen[row] ?? 0, now)) {
      if (table.exclusion[one] !== 0) continue;
      table.exclusion[one] = IDENTICAL;
      table.touch(one, table.minute[one] ?? 0);
    }
  }

  /** Forgets a session. */
  forget(row: number): void {
    const { table } = this;
    const key = [table.keyLow[row] ?? 0, table.keyHigh[row] ?? 0] as const;
    const network = table.network[row] ?? -1;
    const person = table.person[row] ?? 0;
    table.remove(row);
    if (table.firstOf(...key) < 0) this.networks.left({ network, person });
  }

  /** Sound that was delivered, ms. */
  deliver(row: number, time: number): void {
    const { table } = this;
    table.heard[row] = (table.heard[row] ?? 0) + time;
    table.seen[row] = this.#deps.clock.now();
  }

  /** True when too many listeners are in the network of a session; it does not count from then on. */
  crowds(row: number): boolean {
    return this.table.exclusion[row] === 0 && this.networks.isDense(this.table.network[row] ?? -1);
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
    if (!contents) return { row: -1, token };
    const row = this.#add(slug, way, who, contents, 0, exclusion);
    return { row, token, proves: this.#proves(slug, contents) };
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
    const room = this.#names.numberOf(slug);
    const key = this.keyOf(who);
    const silent = (flags & FLAG.silent) !== 0;
    const marks = silent || this.#proves(slug, id) ? flags : flags | FLAG.unsampled;
    const first = table.firstOf(...key);
    const why = exclusion === 'none' ? this.#exclusionOf(slug, who, first) : exclusion;
    const place = this.networks.placeOf(who, first);
    const row =
      room < 0
        ? -1
        : table.add(
            {
              ...{ id: [id.low, id.high] as const, key, room, way, flags: marks, ...place },
              ...{ exclusion: EXCLUSIONS.indexOf(why), told: this.toldKey(who) },
            },
            this.#deps.clock.now(),
          );
    if (row < 0) {
      this.counts.uncounted += 1;
      if (first < 0) this.networks.left(place);
      return row;
    }
    if (who.relayed) table.state[row] = (table.state[row] ?? 0) | STATE.relayed;
    if (id.seal) table.sealed(row, id.expires ?? 0, id.seal);
    this.counts.begun += 1;
    return row;
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
    // The tally judges all the others, of all doors together; it has no key of those who ask not to be tracked.
    if (!who.private) return 'none';
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
