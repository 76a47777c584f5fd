/**
 * The snapshot of a room: one line of JSON, then its tables. With the raw records that came after it, it says what the
 * room was when the process ended.
 */
import { open, readFile, rename } from 'node:fs/promises';
import { SUMS, type Sums, TICKS } from './audience-count.ts';
import type { CountingRules } from './definitions.ts';
import type { EventState } from './event-counts.ts';
import type { RawPlace } from './records/raw-log.ts';
import { AudienceRoom, type RoomMemory } from './room.ts';
import type { StageChange } from './stage-history.ts';
import type { DownloadState } from './tables/download-count.ts';

interface RoomFileHead {
  readonly v: 1;
  readonly slug: string;
  /** Everything before it is in the snapshot. */
  readonly place: RawPlace;
  readonly memory: RoomMemory;
  readonly sums: Partial<Sums>;
  readonly excluded: readonly number[];
  readonly replays: { readonly gross: number; readonly beside: number; readonly error: number };
  readonly late: number;
  readonly newest: number;
  readonly today: number;
  readonly replayDay: number;
  readonly earlier: readonly { readonly day: number; readonly people: number; readonly gross: number }[];
  readonly stage: readonly StageChange[];
  readonly events?: EventState;
  readonly reach?: {
    readonly day: number;
    readonly earlier: readonly { readonly day: number; readonly keys: number }[];
  };
  readonly downloads?: DownloadState;
  /** Bytes of each table, and whether it is registers of a sketch. */
  readonly parts: readonly { readonly bytes: number; readonly sketch: boolean }[];
}

/** A restored room, and the position in the raw log from which records have to be read again. */
export interface Restored {
  readonly room: AudienceRoom;
  readonly place: RawPlace;
}

/** Encodes a snapshot of the room as it is now. */
export function roomBytes(room: AudienceRoom, place: RawPlace): Buffer[] {
  const { count, memory, events, reach, downloads } = room;
  const tables = [
    count.live.dump(),
    count.replay.dump(),
    count.today.people.counted.dump(),
    count.today.people.excluded.dump(),
    count.replayKeys.keys.dump(),
    reach.keys.dump(),
    downloads.dump(),
  ];
  const head: RoomFileHead = {
    ...{ v: 1, slug: room.slug, place, memory, excluded: count.excluded },
    sums: scaled(count.sums, 1 / TICKS),
    ...{ replays: count.replays, late: count.late, newest: count.newest, today: count.today.day },
    ...{ replayDay: count.replayKeys.day, earlier: count.earlier, stage: count.stage.whole() },
    ...(room.hasEvents ? { events: events.dump() } : {}),
    ...{ reach: { day: reach.day, earlier: reach.earlier }, downloads: downloads.state },
    parts: tables.map((table) => ({ bytes: table.byteLength, sketch: table instanceof Uint8Array })),
  };
  const line = Buffer.from(`${JSON.stringify(head)}\n`);
  return [line, ...tables.map((table) => Buffer.from(table.buffer, table.byteOffset, table.byteLength))];
}

/** Replaces a room's snapshot on disk, whole or not at all. */
export async function writeRoom(path: string, bytes: readonly Buffer[]): Promise<void> {
  const near = `${path}.new`;
  const handle = await open(near, 'w', 0o600);
  try {
    for (const part of bytes) await handle.writeFile(part);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(near, path);
}

/** Reads a snapshot; undefined where there is none, or one that cannot be understood. */
export async function readRoom(path: string, rules?: CountingRules): Promise<Restored | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes && roomOf(bytes, rules);
}

/** The room of a snapshot's bytes. */
export function roomOf(bytes: Buffer, rules?: CountingRules): Restored | undefined {
  let head: RoomFileHead;
  const end = bytes.indexOf(0x0a);
  try {
    head = JSON.parse(bytes.toString('utf8', 0, end)) as RoomFileHead;
  } catch {
    return undefined;
  }
  if (head.v !== 1) return undefined;
  const room = new AudienceRoom(head.slug, rules ? { rules } : {});
  const { count } = room;
  room.memory = head.memory;
  const sums = scaled(head.sums, TICKS);
  for (const name of SUMS) count.sums[name].splice(0, 3, ...(sums[name] ?? [0, 0, 0]));
  count.excluded.splice(0, count.excluded.length, ...head.excluded);
  Object.assign(count.replays, head.replays);
  Object.assign(count, { late: head.late, newest: head.newest, newestLive: head.newest });
  count.today.day = head.today;
  count.replayKeys.day = head.replayDay;
  count.earlier.push(...head.earlier);
  count.stage.load(head.stage);
  if (head.events) {
    room.events.load(head.events);
    room.hasEvents = true;
  }
  let at = end + 1;
  const tables = head.parts.map(({ bytes: length, sketch }) => {
    const part = Uint8Array.from(bytes.subarray(at, at + length));
    at += length;
    return sketch ? part : new Int32Array(part.buffer, 0, Math.floor(part.length / 4));
  });
  const [live, replay, people, excluded, replayKeys, reachKeys, downloaded] = tables;
  if (live instanceof Int32Array) count.live.load(live);
  if (replay instanceof Int32Array) count.replay.load(replay);
  count.today.people.load(people, excluded);
  if (replayKeys) count.replayKeys.keys.load(replayKeys);
  if (head.reach && reachKeys) {
    room.reach.day = head.reach.day;
    room.reach.earlier.push(...head.reach.earlier);
    room.reach.keys.load(reachKeys);
  }
  if (head.downloads && downloaded instanceof Int32Array) room.downloads.load(head.downloads, downloaded);
  return { room, place: head.place };
}

/** Sums with their seconds multiplied: files hold seconds, the count holds ticks. */
function scaled(sums: Partial<Sums>, by: number): Partial<Sums> {
  const times = (of: readonly number[] = []): number[] =>
    of.map((each) => (by > 1 ? Math.round(each * by) : each * by));
  return { ...sums, stage: times(sums.stage), standby: times(sums.standby) };
}
