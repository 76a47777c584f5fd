/**
 * A made-up audience of which everything is known: sessions that come, move between doors and leave, the records that
 * doors would send of them, and the figures that must come out.
 */
import { RECORD_BYTES, type SessionRecord, SLOT_S, SLOTS, writeRecord } from '../src/wire/session-record.ts';
import { chance } from './chance.ts';

/** One session; times in whole seconds since the start. */
export interface MadeSession {
  readonly id: bigint;
  readonly key: bigint;
  readonly joins: number;
  readonly leaves: number;
  /** When it goes to another door, and to which; the first is where it begins. */
  readonly doors: readonly { readonly from: number; readonly door: number }[];
  /** Cannot prove: a radio. */
  readonly silent: boolean;
}

/** What is asked of a made audience. */
export interface CrowdPlan {
  readonly sessions: number;
  readonly seed: number;
  /** Length of the room, seconds. */
  readonly lasts: number;
  readonly doors: number;
  /** Mean of how long a session stays, seconds. */
  readonly stays: number;
  /** Mean time between two moves of a session, seconds; 0: none moves. */
  readonly moves: number;
  /** Share of radios. */
  readonly radios?: number;
}

const FIRST_PROOF_S = 15;
const PROOF_EVERY_S = 30;
const PROOF_HOLDS_S = 50;
/** A player can prove nothing before it has two segments. */
const LEAST_PROVEN_S = 11;

/** Makes sessions that join and leave at random. */
export function makeCrowd(plan: CrowdPlan): MadeSession[] {
  const random = chance(plan.seed);
  const word = (): bigint => BigInt(Math.floor(random() * 2 ** 32));
  return Array.from({ length: plan.sessions }, () => {
    const joins = Math.floor(random() * plan.lasts * 0.9);
    const stay = 1 + Math.floor(-Math.log(1 - random()) * plan.stays);
    const leaves = Math.min(plan.lasts, joins + stay);
    const doors = [{ from: joins, door: Math.floor(random() * plan.doors) }];
    for (let at = joins; plan.moves > 0; ) {
      at += 1 + Math.floor(-Math.log(1 - random()) * plan.moves);
      if (at >= leaves) break;
      doors.push({ from: at, door: Math.floor(random() * plan.doors) });
    }
    return {
      ...{ id: (word() << 32n) | word(), key: (word() << 32n) | word(), joins, leaves, doors },
      silent: random() < (plan.radios ?? 0),
    };
  });
}

const overlap = (a: number, b: number, from: number, to: number): number =>
  Math.max(0, Math.min(b, to) - Math.max(a, from));

interface MadeProof {
  readonly at: number;
  /** Seconds since here are proven. */
  readonly since: number;
}

/** All proofs of a session: after 15 s, then every 30 s, and one when it leaves. */
function proofsOf({ joins, leaves, silent }: MadeSession): MadeProof[] {
  if (silent || leaves - joins < LEAST_PROVEN_S) return [];
  const times: number[] = [];
  for (let at = joins + FIRST_PROOF_S; at < leaves; at += PROOF_EVERY_S) times.push(at);
  times.push(leaves);
  return times.map((at, i) => ({ at, since: times[i - 1] ?? joins }));
}

/** Those that arrive in (from, to]; the door it comes to at `from` takes none of that instant, unless it is the first. */
const proofsIn = (session: MadeSession, from: number, to: number): MadeProof[] =>
  proofsOf(session).filter(({ at }) => at > from && at <= to);

/** What a door sends at the end of the slot that ends at second `now`: records of the running minute and the one before. */
export function recordsAt(
  crowd: readonly MadeSession[],
  now: number,
  doors: number,
  startMinute: number,
): Map<number, Buffer> {
  const byDoor = new Map<number, SessionRecord[]>(Array.from({ length: doors }, (_, i) => [i, []]));
  const minute = Math.floor((now - SLOT_S) / 60);
  for (const session of crowd) {
    if (session.joins >= now || session.leaves < now - 60) continue;
    for (const which of [minute - 1, minute]) {
      if (which < 0 || (which < minute && now - minute * 60 > 40)) continue;
      for (const [door, record] of byDoors(session, which, now))
        byDoor.get(door)?.push({ ...record, minute: startMinute + which, door });
    }
  }
  return new Map([...byDoor].map(([door, records]) => [door, encode(records)]));
}

/** The record of each door that a session was at; who comes back to one goes on with the record there. */
function byDoors(session: MadeSession, minute: number, now: number): Map<number, SessionRecord> {
  const found = new Map<number, SessionRecord>();
  for (const [i, { from, door }] of session.doors.entries()) {
    const to = session.doors[i + 1]?.from ?? session.leaves;
    const one = recordOf(session, minute, { from, to, now });
    if (![...one.delivered, ...one.proven].some((n) => n > 0)) continue;
    const known = found.get(door);
    found.set(door, {
      ...one,
      delivered: one.delivered.map((n, slot) => n + (known?.delivered[slot] ?? 0)),
      proven: one.proven.map((n, slot) => Math.max(n, known?.proven[slot] ?? 0)),
      proofs: one.proofs.map((there, slot) => there || (known?.proofs[slot] ?? false)),
    });
  }
  return found;
}

function recordOf(
  session: MadeSession,
  minute: number,
  { from, to, now }: { from: number; to: number; now: number },
): SessionRecord {
  // A proof is taken by the door that the session is at, and is about all since the one before, wherever that was.
  const proofsHere = session.silent ? [] : proofsIn(session, from, Math.min(to, now));
  const slots = Array.from({ length: SLOTS }, (_, slot) => minute * 60 + slot * SLOT_S);
  return {
    ...{ session: session.id, key: session.key, minute, room: 0, door: 0 },
    transport: session.silent ? 'radio' : 'stream',
    flags: session.silent ? 8 : 0,
    exclusion: 0,
    delivered: slots.map((at) => overlap(from, Math.min(to, now), at, at + SLOT_S)),
    proven: slots.map((at) =>
      proofsHere.some((one) => overlap(one.since, one.at, at, at + SLOT_S) > 0) ? SLOT_S : 0,
    ),
    proofs: slots.map((at) => proofsHere.some((one) => one.at > at && one.at <= at + SLOT_S)),
  };
}

function encode(records: readonly SessionRecord[]): Buffer {
  const bytes = Buffer.alloc(records.length * RECORD_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  records.forEach((record, i) => {
    writeRecord(view, i * RECORD_BYTES, record);
  });
  return bytes;
}

/** Who listens at second `now`, by the definition: half of the last 30 s, and a proof, or a radio. */
export const listening = (crowd: readonly MadeSession[], now: number): number =>
  crowd.filter((one) => {
    if (overlap(one.joins, one.leaves, now - 30, now) < 15) return false;
    return one.silent || proofsOf(one).some(({ at }) => at <= now && at > now - PROOF_HOLDS_S);
  }).length;

/** Seconds that were listened and could be proven. */
export const listened = (crowd: readonly MadeSession[]): number =>
  crowd.reduce(
    (sum, { joins, leaves, silent }) =>
      sum + (silent || leaves - joins >= LEAST_PROVEN_S ? leaves - joins : 0),
    0,
  );
