/**
 * Counts a slice of a room's sessions from the raw records, when all that came late is there. The files are read twice:
 * the first time says which sessions do not count and which records came late; the second time those sessions are left out
 * from their beginning, and late records find their minute. Where the first finds neither, it is all.
 */
import { idAt, type Sums } from '../audience-count.ts';
import { AudienceRoom, instantsBetween, type RoomMemory } from '../room.ts';
import { WORD } from '../tables/session-row.ts';
import { SESSION_WORDS } from '../tables/session-table.ts';
import { type GatheredDay, GatheredKeys } from './gathered-keys.ts';
import { LateRows } from './late-rows.ts';
import { Lockstep, type LockstepMemory, TOLD } from './lockstep.ts';
import { AFTER_END_MS, type RecountOrder } from './recount-order.ts';
import { RowBatch } from './row-batch.ts';
import { blocksInStep } from './slice-files.ts';
import { SliceSampler } from './slice-sample.ts';

/** What a thread is to count. */
export interface SliceOrder {
  readonly order: RecountOrder;
  /** Names of the files, oldest first. */
  readonly files: readonly string[];
  /** Absent: it is the only thread. */
  readonly memory?: LockstepMemory;
  /** Which of the slices. */
  readonly number?: number;
  /** False: the files are read once and no sample is taken: see `RecountManner`. */
  readonly samples?: boolean;
}

/** What a slice has. The memory is the same in all slices. */
export interface SliceCount {
  readonly sums: Sums;
  readonly excluded: readonly number[];
  readonly replays: { readonly gross: number; readonly beside: number };
  readonly sizes: { readonly live: number; readonly replay: number };
  readonly memory: Pick<RoomMemory, 'peak' | 'proving' | 'status'>;
  readonly keys: readonly GatheredDay[];
  /** Records that were read the last time; of them late ones; sessions for which there was no place. */
  readonly records: number;
  readonly late: number;
  readonly refused: number;
}

/** A sample waits for records and proofs that come so much later; more, and entries have forgotten its time. */
const SAMPLE_LAG_MS = 40_000;
const FORGET_EVERY_MINUTES = 10;
const MINUTE_MS = 60_000;
const RECORD_WORDS = 8;
const NO_RECORDS = new Int32Array(0);

/** Counts; `done` is told the share that is done, 0 to 1, at each file. @throws what the disk says. */
export function countSlice(
  { order, files, memory, number, samples = true }: SliceOrder,
  done?: (share: number) => void,
): SliceCount {
  const step = new Lockstep(memory, number);
  const turn = (which: number) => (file: number) => done?.((which + file / files.length) / 2);
  let pass = new SlicePass(order, step, { barred: new Map(), late: NO_RECORDS, samples });
  pass.read(files, turn(0));
  const { count: late } = pass.late;
  if (samples && pass.isOdd()) {
    const { barred } = pass;
    const sorted = pass.late.sorted();
    pass = new SlicePass(order, step, { barred, late: sorted, samples });
    pass.read(files, turn(1));
  }
  done?.(1);
  return { ...pass.result, late };
}

/** What a reading knows from the one before. */
interface PassWishes {
  readonly barred: ReadonlyMap<number, number>;
  readonly late: Int32Array;
  readonly samples: boolean;
}

/** One reading of all files. */
class SlicePass {
  readonly late = new LateRows();
  readonly #order: RecountOrder;
  readonly #step: Lockstep;
  readonly #room: AudienceRoom;
  readonly #keys = new GatheredKeys();
  readonly #batch: RowBatch;
  readonly #sampler: SliceSampler;
  /** Sessions that were excluded and forgotten since. */
  readonly #gone = new Map<number, number>();
  /** Late records of the reading before, by minute, and the next of them. */
  readonly #waiting: Int32Array;
  readonly #samples: boolean;
  #next = 0;
  #records = 0;
  #sampledAt: number;
  #forgotten: number;

  constructor(order: RecountOrder, step: Lockstep, { barred, late, samples }: PassWishes) {
    this.#order = order;
    this.#step = step;
    this.#waiting = late;
    this.#samples = samples;
    this.#sampledAt = order.from;
    this.#forgotten = Math.floor(order.from / MINUTE_MS);
    const room = new AudienceRoom(order.slug, { moved: Number.POSITIVE_INFINITY, rules: order.rules });
    room.memory.opened = order.from;
    room.count.stage.load(order.stage);
    room.count.keys = this.#keys;
    if (barred.size > 0) room.count.barred = barred;
    room.count.onLate = (words, at) => this.late.add(words, at);
    this.#room = room;
    this.#batch = new RowBatch(room);
    this.#sampler = new SliceSampler(room, step);
  }

  /** Reads the files; `done` is told the number of each when it begins. */
  read(files: readonly string[], done: (file: number) => void): void {
    const { rawDir, slug, to } = this.#order;
    for (const [i, file] of files.entries()) {
      done(i);
      for (const { head, words } of blocksInStep(rawDir, file, this.#step)) {
        const index = head.rooms?.indexOf(slug) ?? -1;
        if (index < 0 || head.at > to + AFTER_END_MS) continue;
        this.#until(head.at);
        this.#records += this.#batch.add(words, index, head.rooms?.length === 1);
      }
    }
    this.#until(to + AFTER_END_MS);
    this.#batch.take();
  }

  /** What is due before records of this time are taken. */
  #until(time: number): void {
    const late = this.#waiting;
    // Before the minute after it is over, a late record finds its place.
    const isLateDue = (): boolean =>
      this.#next < late.length && ((late[this.#next + 4] as number) + 1) * MINUTE_MS <= time;
    const minute = Math.floor(time / MINUTE_MS);
    const until = this.#samples ? time - SAMPLE_LAG_MS : this.#sampledAt;
    const instants = instantsBetween(this.#sampledAt, until, Number.POSITIVE_INFINITY);
    if (instants.length === 0 && !isLateDue() && this.#forgotten + FORGET_EVERY_MINUTES > minute) return;
    this.#batch.take();
    for (const at of instants) {
      this.#sampledAt = at;
      this.#sampler.take(at);
    }
    for (; isLateDue(); this.#next += RECORD_WORDS) this.#room.record(late, this.#next);
    while (this.#forgotten + FORGET_EVERY_MINUTES <= minute) {
      this.#forgotten += FORGET_EVERY_MINUTES;
      this.#room.count.forget(this.#forgotten, (entries, at) => keepExclusion(this.#gone, entries, at));
    }
  }

  /** Whether another reading may say something else, in any of the slices. */
  isOdd(): boolean {
    const { mine } = this.#step;
    mine[TOLD.odd] = Number(this.late.count > 0 || this.#room.count.changes > 0);
    this.#step.wait();
    return this.#step.sum(TOLD.odd) > 0;
  }

  /** Sessions that do not count, and why. */
  get barred(): Map<number, number> {
    const found = new Map(this.#gone);
    for (const { entries, count } of this.#room.count.live.shards)
      for (let i = 0; i < count; i++) keepExclusion(found, entries, i * SESSION_WORDS);
    return found;
  }

  get result(): Omit<SliceCount, 'late'> {
    const { count, memory } = this.#room;
    return {
      ...{ sums: count.sums, excluded: count.excluded, replays: count.replays },
      sizes: { live: count.live.size, replay: count.replay.size },
      memory: {
        ...{ proving: memory.proving, status: memory.status },
        ...(memory.peak ? { peak: memory.peak } : {}),
      },
      ...{ keys: this.#keys.days, records: this.#records },
      refused: count.live.refused + count.replay.refused,
    };
  }
}

function keepExclusion(found: Map<number, number>, entries: Int32Array, at: number): void {
  const code = ((entries[at + WORD.proven] as number) >>> 24) & 15;
  if (code !== 0) found.set(idAt(entries, at), code);
}
