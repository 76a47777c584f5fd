/** The records that doors would send of sessions: one per session and minute, given straight to the counting. */
import type { AudienceRoom } from '../../src/audience/room.ts';
import { exclusionCode } from '../../src/audience/rules.ts';
import { isSampled } from '../../src/wire/listening/proof-sample.ts';
import { FLAG, TRANSPORTS } from '../../src/wire/session-record.ts';
import { isOneOf, mixed, type Stays } from './people.ts';
import { BEGIN, LIVE, REPLAY } from './scenario.ts';

const MINUTE = 60;
const BEGIN_MINUTE = BEGIN / 60_000;
const WHOLE = 0xaaaaaa;
/** A player can prove nothing before it has two segments. */
const LEAST_PROVEN_S = 11;
/** The salt by which sessions are chosen to prove. */
const SALT = 2_024;
const way = (name: (typeof TRANSPORTS)[number]): number => TRANSPORTS.indexOf(name);
const [STREAM, RADIO, REPLAYED] = [way('stream'), way('radio'), way('replay')];
const [ROBOT, DATA_CENTRE] = [exclusionCode('bot-library'), exclusionCode('data-centre')];

/** Seconds of each slot of a minute, 4 bits each, between two seconds of it. */
function slots(from: number, to: number): number {
  if (from <= 0 && to >= MINUTE) return WHOLE;
  let bits = 0;
  for (let slot = 0; slot < 6; slot++) {
    const seconds = Math.min(to, slot * 10 + 10) - Math.max(from, slot * 10);
    if (seconds > 0) bits |= seconds << (slot * 4);
  }
  return bits;
}

/** Ten in each slot that has something. */
const touched = (bits: number): number => {
  let all = 0;
  for (let slot = 0; slot < 24; slot += 4) if ((bits >>> slot) & 15) all |= 10 << slot;
  return all;
};

/** A slot in which something was delivered, as a bit each. */
const slotBits = (bits: number): number => {
  let all = 0;
  for (let slot = 0; slot < 6; slot++) if ((bits >>> (slot * 4)) & 15) all |= 1 << slot;
  return all;
};

/** Sessions of one kind, in the order in which they come; they are fed minute by minute. */
export class SessionFeed {
  readonly #stays: Stays;
  readonly #salt: number;
  readonly #kind: 'live' | 'replay';
  readonly #words = new Int32Array(8);
  #active = new Int32Array(1_024);
  #count = 0;
  #next = 0;
  /** Records that were given. */
  records = 0;

  /** `salt` tells the sessions of one feed from those of another. */
  constructor(stays: Stays, kind: 'live' | 'replay', salt: number) {
    this.#stays = stays;
    this.#kind = kind;
    this.#salt = salt;
  }

  /** Sessions that are there at the end of the minute that was fed last. */
  get present(): number {
    return this.#count;
  }

  /** Sessions that have come so far. */
  get come(): number {
    return this.#next;
  }

  /** Gives the records of a minute, which is told in minutes since the beginning of the log. */
  minute(room: AudienceRoom, minute: number): void {
    const { from, to } = this.#stays;
    const start = minute * MINUTE;
    const end = start + MINUTE;
    while (this.#next < from.length && (from[this.#next] as number) < end) {
      if (this.#count === this.#active.length) {
        const more = new Int32Array(this.#count * 2);
        more.set(this.#active);
        this.#active = more;
      }
      this.#active[this.#count++] = this.#next++;
    }
    let kept = 0;
    for (let i = 0; i < this.#count; i++) {
      const session = this.#active[i] as number;
      const leaves = to[session] as number;
      if (leaves <= start) continue;
      const bits = slots((from[session] as number) - start, leaves - start);
      if (bits !== 0) this.#give(room, session, minute, bits);
      if (leaves > end) this.#active[kept++] = session;
    }
    this.#count = kept;
  }

  #give(room: AudienceRoom, session: number, minute: number, delivered: number): void {
    const words = this.#words;
    const salt = this.#salt;
    const isReplay = this.#kind === 'replay';
    const low = mixed(session, salt);
    const high = mixed(session, salt + 1);
    // Some come twice: their sessions have one key.
    const people = Math.floor((this.#stays.from.length * (isReplay ? REPLAY.keys : LIVE.keys)) / 100);
    const person = session < people ? session : mixed(session, salt + 2) >>> 0;
    const key = person < people ? person : person % people;
    const isSilent = isOneOf(session, salt + 3, LIVE.silent) && !isReplay;
    const isMute = isOneOf(session, salt + 4, LIVE.mute);
    const isUnsampled = !isSilent && !isReplay && !isSampled(low, high, SALT, room.memory.share);
    const length = (this.#stays.to[session] as number) - (this.#stays.from[session] as number);
    const proves = !isSilent && !isUnsampled && !isMute && length >= LEAST_PROVEN_S;
    const proven = proves ? touched(delivered) : 0;
    // A proof every 30 s, and one at the end.
    const phase = session % 3;
    const last = slotBits(delivered);
    const ends = delivered >>> 20 === 10 ? 0 : 1 << (31 - Math.clz32(last));
    const proofs = proves ? (last & (9 << phase) & 63) | ends : 0;
    let flags = 0;
    if (isOneOf(session, salt + 5, LIVE.hidden)) flags |= FLAG.hidden;
    if (isSilent) flags |= FLAG.silent;
    if (isUnsampled) flags |= FLAG.unsampled;
    let exclusion = 0;
    if (isOneOf(session, salt + 6, LIVE.robots)) exclusion = ROBOT;
    else if (isOneOf(session, salt + 7, LIVE.dataCentre)) exclusion = DATA_CENTRE;
    const transport = isReplay ? REPLAYED : isSilent ? RADIO : STREAM;
    words[0] = low;
    words[1] = high;
    words[2] = mixed(key, salt + 8);
    words[3] = mixed(key, salt + 9);
    words[4] = BEGIN_MINUTE + minute;
    words[5] = ((transport | (flags << 4)) << 16) | (exclusion << 24);
    words[6] = delivered | ((proven & 0xff) << 24);
    words[7] = (proven >>> 8) | (proofs << 16) | ((session % LIVE.doors) << 24);
    room.record(words, 0);
    this.records += 1;
  }
}
