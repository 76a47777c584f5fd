/** Gives the records of a message or file to their rooms. */
import type { AudienceRoom } from '../room.ts';
import { PARTS } from '../tables/session-table.ts';

const WORDS = 8;
/** Records that are put in order at once. */
const MOST_IN_ORDER = 65_536;
/** Fewer than this are taken as they come. */
const LEAST_IN_ORDER = 4_096;
/** Records whose entries are touched before they are taken. */
const AHEAD = 64;

/** Offsets of records, in the order in which they are taken; shared, for nothing else runs meanwhile. */
const order = new Int32Array(MOST_IN_ORDER);
const parts = new Uint8Array(MOST_IN_ORDER);
const ends = new Int32Array(PARTS + 1);
/** What was touched; nobody reads it. */
const touched = new Int32Array(1);

/** Rooms by the index that records have; of those that are undefined nothing is taken. */
export type RowRooms = readonly (AudienceRoom | undefined)[];

/**
 * Takes records; returns how many had a room. Of many at once those are taken together that lie together in the tables:
 * with 1.4 million sessions the processor waits longer for memory than it counts. The order of records of one session
 * stays.
 */
export function takeRows(words: Int32Array, rooms: RowRooms): number {
  let taken = 0;
  for (let from = 0; from + WORDS <= words.length; from += MOST_IN_ORDER * WORDS)
    taken += takeSome(words, rooms, from, Math.min(MOST_IN_ORDER, Math.floor((words.length - from) / WORDS)));
  return taken;
}

const roomOf = (words: Int32Array, at: number, rooms: RowRooms): AudienceRoom | undefined =>
  rooms[(words[at + 5] as number) & 0xffff];

function takeSome(words: Int32Array, rooms: RowRooms, from: number, many: number): number {
  if (many < LEAST_IN_ORDER) for (let i = 0; i < many; i++) order[i] = from + i * WORDS;
  else putInOrder(words, rooms, from, many);
  let taken = 0;
  for (let start = 0; start < many; start += AHEAD) {
    const end = Math.min(many, start + AHEAD);
    for (let i = start; i < end; i++) {
      const at = order[i] as number;
      touched[0] = roomOf(words, at, rooms)?.count.touch(words, at) ?? 0;
    }
    for (let i = start; i < end; i++) {
      const at = order[i] as number;
      const room = roomOf(words, at, rooms);
      if (!room) continue;
      room.record(words, at);
      taken += 1;
    }
  }
  return taken;
}

/** Sorts records by the part of the table that their session is in: a counting sort, which keeps the order within a part. */
function putInOrder(words: Int32Array, rooms: RowRooms, from: number, many: number): void {
  ends.fill(0);
  for (let i = 0; i < many; i++) {
    const at = from + i * WORDS;
    const part = roomOf(words, at, rooms)?.count.partOf(words, at) ?? 0;
    parts[i] = part;
    ends[part + 1] = (ends[part + 1] as number) + 1;
  }
  for (let part = 1; part <= PARTS; part++) ends[part] = (ends[part] as number) + (ends[part - 1] as number);
  for (let i = 0; i < many; i++) {
    const part = parts[i] as number;
    const place = ends[part] as number;
    order[place] = from + i * WORDS;
    ends[part] = place + 1;
  }
}
