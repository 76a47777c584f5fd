/**
 * One session as one door saw it in one minute: 32 bytes, little-endian, on the bus and in the raw log. Values are
 * absolute, so a repeated or later record replaces the one before.
 *
 * | bytes | content |
 * |---|---|
 * | 0–7 | session id |
 * | 8–15 | listener key |
 * | 16–19 | minute: whole minutes since 1970 |
 * | 20–21 | room: index in the list of the message or file |
 * | 22 | transport (low 4 bits), `FLAG` (high 4 bits) |
 * | 23 | exclusion: index in `EXCLUSIONS` |
 * | 24–26 | seconds of sound delivered in each of six slots of 10 s, 4 bits each, the first slot lowest |
 * | 27–29 | seconds proven by the player, in the same form; a slot that a proof touches is credited whole |
 * | 30 | bit i: a valid proof arrived in slot i; bits 6 and 7 are 0 |
 * | 31 | door |
 *
 * A slot counts with the smaller of its delivered and its proven seconds. Two proofs that touch the same slot may
 * arrive at different doors, and neither door knows about the other; so each credits the whole slot, and the delivered
 * seconds show where listening began and ended. Seconds delivered by several doors are added, up to 10 per slot; of the
 * proven seconds the largest value counts.
 */
export const RECORD_BYTES = 32;
/** Slots per minute. */
export const SLOTS = 6;
/** Length of a slot in seconds; samples are taken at the end of slots, which are multiples of it on the wall clock. */
export const SLOT_S = 10;

/** The ways in which a session receives its sound; the index is the code in a record. */
export const TRANSPORTS = ['stream', 'll-hls', 'hls', 'radio', 'whep', 'replay', 'download'] as const;
/** The way in which a session receives its sound. */
export type Way = (typeof TRANSPORTS)[number];

/** The flag bits of a record. */
export const FLAG = {
  /** Inside another site. */
  embed: 1,
  /** Its tab was hidden during the minute. */
  hidden: 2,
  /** It was told not to send proofs: others stand for it. */
  unsampled: 4,
  /** It cannot send proofs: a radio, a foreign player. */
  silent: 8,
} as const;

/** One record, decoded. */
export interface SessionRecord {
  readonly session: bigint;
  readonly key: bigint;
  /** Whole minutes since 1970. */
  readonly minute: number;
  readonly room: number;
  readonly transport: Way;
  /** Sum of `FLAG`s. */
  readonly flags: number;
  /** Index in `EXCLUSIONS`. */
  readonly exclusion: number;
  /** Seconds (0 to 10) in each slot. */
  readonly delivered: readonly number[];
  readonly proven: readonly number[];
  /** True where a valid proof arrived in the slot. */
  readonly proofs: readonly boolean[];
  readonly door: number;
}

const nibbles = (view: DataView, at: number): number[] =>
  Array.from({ length: SLOTS }, (_, slot) => (view.getUint8(at + (slot >> 1)) >> ((slot & 1) * 4)) & 15);

function putNibbles(view: DataView, at: number, values: readonly number[]): void {
  for (let slot = 0; slot < SLOTS; slot += 2) {
    const [low, high] = [values[slot] ?? 0, values[slot + 1] ?? 0].map((n) =>
      Math.max(0, Math.min(SLOT_S, Math.round(n))),
    ) as [number, number];
    view.setUint8(at + (slot >> 1), low | (high << 4));
  }
}

/** Writes a record at an offset of a view. Seconds are rounded, and limited to 0 to 10. */
export function writeRecord(view: DataView, at: number, record: SessionRecord): void {
  view.setBigUint64(at, record.session, true);
  view.setBigUint64(at + 8, record.key, true);
  view.setUint32(at + 16, record.minute, true);
  view.setUint16(at + 20, record.room, true);
  view.setUint8(at + 22, TRANSPORTS.indexOf(record.transport) | (record.flags << 4));
  view.setUint8(at + 23, record.exclusion);
  putNibbles(view, at + 24, record.delivered);
  putNibbles(view, at + 27, record.proven);
  view.setUint8(
    at + 30,
    record.proofs.reduce((bits, there, slot) => (there ? bits | (1 << slot) : bits), 0),
  );
  view.setUint8(at + 31, record.door);
}

/** Reads a record; undefined when its transport is unknown, because a newer version wrote it. */
export function readRecord(view: DataView, at: number): SessionRecord | undefined {
  const kind = view.getUint8(at + 22);
  const transport = TRANSPORTS[kind & 15];
  if (transport === undefined) return undefined;
  const bits = view.getUint8(at + 30);
  return {
    session: view.getBigUint64(at, true),
    key: view.getBigUint64(at + 8, true),
    minute: view.getUint32(at + 16, true),
    room: view.getUint16(at + 20, true),
    transport,
    flags: kind >> 4,
    exclusion: view.getUint8(at + 23),
    delivered: nibbles(view, at + 24),
    proven: nibbles(view, at + 27),
    proofs: Array.from({ length: SLOTS }, (_, slot) => (bits & (1 << slot)) !== 0),
    door: view.getUint8(at + 31),
  };
}
