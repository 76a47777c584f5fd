/**
 * Counts a room again from its raw records, when all that came late is there: sessions that were found not to count are
 * left out from their beginning, and every sample has the proofs that came after it. Reads the files twice. Different
 * people beyond what is counted one by one are counted in parts, each by itself, in two threads (`exact-people.ts`).
 */
import type { Exclusion } from '../../wire/metrics.ts';
import { ROW_WORDS } from '../audience-count.ts';
import { byAge, rawFiles, readRaw } from '../records/raw-folder.ts';
import { AudienceRoom, instantsBetween } from '../room.ts';
import { excludedOf, figuresOf, isoDay, type RoomFigure, type RoomFigures } from '../room-figures.ts';
import { WORD } from '../tables/session-row.ts';
import { SESSION_WORDS } from '../tables/session-table.ts';
import { exactPeople } from './exact-people.ts';
import type { Exclusions, PeopleByDay, PeoplePart, RecountOrder } from './recount-order.ts';

export type { RecountOrder } from './recount-order.ts';

/** The result of a recount. */
export interface Recounted {
  readonly figures: RoomFigures;
  readonly excluded: Partial<Record<Exclusion, number>>;
  /** Records read. */
  readonly records: number;
  /** Those of them that came when their minute was over, and are counted now. */
  readonly late: number;
}

/** Doors are heard for so long after a room's end. */
const AFTER_END_MS = 180_000;
/** A sample waits for records and proofs that come so much later; more, and entries have forgotten its time. */
const SAMPLE_LAG_MS = 40_000;
/** Late records that are kept for their turn: 160 MB. */
const MOST_LATE = 5_000_000;
const MINUTE_MS = 60_000;

/** Records that came when their minute was over, one after the other. */
class LateRecords {
  #words = new Int32Array(1_024 * ROW_WORDS);
  count = 0;

  add(words: Int32Array, at: number): void {
    if (this.count >= MOST_LATE) return;
    const to = this.count * ROW_WORDS;
    if (to === this.#words.length) {
      const more = new Int32Array(this.#words.length * 2);
      more.set(this.#words);
      this.#words = more;
    }
    this.#words.set(words.subarray(at, at + ROW_WORDS), to);
    this.count += 1;
  }

  /** The same, by minute; of a minute in the order they came. */
  sorted(): Int32Array {
    const minutes = Uint32Array.from(
      { length: this.count },
      (_, i) => this.#words[i * ROW_WORDS + 4] as number,
    );
    const order = Uint32Array.from(minutes.keys()).sort(
      (a, b) => (minutes[a] as number) - (minutes[b] as number) || a - b,
    );
    const sorted = new Int32Array(this.count * ROW_WORDS);
    order.forEach((from, i) => {
      sorted.set(this.#words.subarray(from * ROW_WORDS, (from + 1) * ROW_WORDS), i * ROW_WORDS);
    });
    return sorted;
  }
}

/** Counts a room again from its raw records. @throws the file system's error. */
export async function recount(order: RecountOrder): Promise<Recounted> {
  const first = await pass(order, new Map(), new Int32Array(0));
  const exclusions = exclusionsOf(first.room);
  const second = await pass(order, exclusions, first.late.sorted());
  const { room } = second;
  const { memory, count } = room;
  const figures = figuresOf({
    ...{ count, now: undefined, peak: memory.peak, proving: memory.proving, status: memory.status },
    ...{ events: undefined, lasted: Math.max(0, (order.to - order.from) / 1000) },
  });
  const { people, excluded } = count.today;
  if (!people.isExact) {
    const { days } = await exactPeople({ ...order, exclusions, keys: people.size + excluded.size });
    figures.unique_listeners = exactFigure(days, count.today.day, excluded.size);
  }
  return { figures, excluded: excludedOf(count), records: second.records, late: first.late.count };
}

/** The people of the newest day, counted one by one; those of several days are told apart. */
function exactFigure(days: PeopleByDay, newest: number, excluded: number): RoomFigure {
  const net = days[newest] ?? 0;
  const parts = Object.fromEntries(Object.entries(days).map(([day, many]) => [isoDay(Number(day)), many]));
  return { net, gross: net + excluded, method: 'exact', ...(Object.keys(days).length > 1 ? { parts } : {}) };
}

/** Counts the people of one part, by the rules of the whole. */
export async function countPeople(
  order: RecountOrder,
  exclusions: Exclusions,
  part: PeoplePart,
): Promise<{ readonly days: PeopleByDay; readonly records: number }> {
  let found = await pass(order, exclusions, new Int32Array(0), part);
  if (found.late.count > 0) found = await pass(order, exclusions, found.late.sorted(), part);
  const { today, earlier } = found.room.count;
  const days = Object.fromEntries(
    [...earlier, { day: today.day, people: today.people.size }].map(({ day, people }) => [day, people]),
  );
  return { days, records: found.records };
}

const idAt = (words: Int32Array, at: number): number =>
  ((words[at] as number) >>> 0) + ((words[at + 1] as number) & 0xffff) * 2 ** 32;

function exclusionsOf({ count }: AudienceRoom): Exclusions {
  const exclusions: Exclusions = new Map();
  for (const { entries, count: many } of count.live.shards)
    for (let i = 0; i < many; i++) {
      const at = i * SESSION_WORDS;
      const code = ((entries[at + WORD.proven] as number) >>> 24) & 15;
      if (code !== 0) exclusions.set(idAt(entries, at), code);
    }
  return exclusions;
}

interface Pass {
  readonly room: AudienceRoom;
  readonly late: LateRecords;
  readonly records: number;
}

/** `part`: only these listeners, and no samples. */
async function pass(
  order: RecountOrder,
  exclusions: Exclusions,
  late: Int32Array,
  part?: PeoplePart,
): Promise<Pass> {
  const { rawDir, slug, from, to, stage, rules } = order;
  const room = new AudienceRoom(slug, { moved: Number.POSITIVE_INFINITY, rules });
  room.memory.opened = from;
  room.count.stage.load(stage);
  const found = new LateRecords();
  let [records, next, sampledAt] = [0, 0, from];
  room.count.onLate = (words, at) => found.add(words, at);
  const take = (words: Int32Array, at: number): void => {
    const code = exclusions.size === 0 ? undefined : exclusions.get(idAt(words, at));
    if (code !== undefined) words[at + 5] = ((words[at + 5] as number) & 0xff_ffff) | (code << 24);
    room.record(words, at);
  };
  const until = (time: number): void => {
    if (!part)
      for (const at of instantsBetween(sampledAt, time - SAMPLE_LAG_MS, Number.POSITIVE_INFINITY)) {
        sampledAt = at;
        room.sample(at);
      }
    // Before the minute after it is over, a late record finds its place.
    for (; next < late.length && ((late[next + 4] as number) + 1) * MINUTE_MS <= time; next += ROW_WORDS)
      take(late, next);
  };
  const lastFile = nameOf(to + AFTER_END_MS + MINUTE_MS);
  for (const file of await rawFiles(rawDir)) {
    if (byAge(file, nameOf(from - MINUTE_MS)) < 0 || byAge(file, lastFile) > 0) continue;
    for await (const { head, words } of readRaw(rawDir, file)) {
      const index = head.rooms?.indexOf(slug) ?? -1;
      if (index < 0 || head.at > to + AFTER_END_MS) continue;
      until(head.at);
      for (let at = 0; at + 8 <= words.length; at += 8) {
        if (((words[at + 5] as number) & 0xffff) !== index) continue;
        if (part && ((words[at + 2] as number) >>> 0) % part.of !== part.number) continue;
        records += 1;
        take(words, at);
      }
    }
  }
  until(to + AFTER_END_MS);
  return { room, late: found, records };
}

const nameOf = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replaceAll(/[-:]/g, '')}Z-0.raw`;
