/**
 * Counts a room again from its raw records: `slice-count.ts` says how. Of a large room two threads count half of the
 * sessions each, in lockstep; the result is the same. Different people are told apart one by one, however many.
 */
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Exclusion } from '../../wire/metrics.ts';
import type { Sums } from '../audience-count.ts';
import { WHOLE } from '../records/compact-file.ts';
import { byAge, minuteName, rawFiles } from '../records/raw-folder.ts';
import { type CountedSums, excludedOf, figuresOf, type RoomFigures } from '../room-figures.ts';
import { Distinct, MOST_EXACT } from '../tables/distinct.ts';
import { type DifferentKeys, type GatheredDay, tellApart } from './gathered-keys.ts';
import { lockstepMemory } from './lockstep.ts';
import { AFTER_END_MS, type RecountOrder } from './recount-order.ts';
import { countSlice, type SliceCount, type SliceOrder } from './slice-count.ts';
import type { SliceAnswer } from './slice-worker.ts';

export type { RecountOrder } from './recount-order.ts';

/** The result of a recount. */
export interface Recounted {
  readonly figures: RoomFigures;
  readonly excluded: Partial<Record<Exclusion, number>>;
  /** Records read. */
  readonly records: number;
  /** Those of them that came when their minute was over, and are counted now. */
  readonly late: number;
  /** Sessions that found no place in a table: more than 15 million within three hours. */
  readonly refused: number;
}

/** How a recount is made. */
export interface RecountManner {
  /** A power of two; default: two for files of 32 MB and more, where the machine has two processors. */
  readonly threads?: number;
  /**
   * False: the files are read once, for seconds and different listeners alone. Late records and the rules that are applied at
   * samples are left out.
   */
  readonly samples?: boolean;
  /** Is told now and then which share is done, 0 to 1. */
  progress?(share: number): void;
}

const MINUTE_MS = 60_000;
/** A thread is not worth its start for less. */
const TWO_FROM_BYTES = 32 << 20;

/** Counts a room again from its raw records. @throws the file system's error. */
export async function recount(order: RecountOrder, manner: RecountManner = {}): Promise<Recounted> {
  const files = await filesOf(order);
  const threads = manner.threads ?? (await threadsFor(order, files));
  const sliceOrder: SliceOrder = { order, files, samples: manner.samples ?? true };
  const { slices, different } =
    threads > 1 ? await inThreads(sliceOrder, threads, manner) : inOne(sliceOrder, manner);
  const count = merged(slices, different);
  const memory = (slices[0] as SliceCount).memory;
  const figures = figuresOf({
    ...{ count, now: undefined, peak: memory.peak, proving: memory.proving, status: memory.status },
    ...{ events: undefined, lasted: Math.max(0, (order.to - order.from) / 1000) },
  });
  const unique = figures.unique_listeners;
  if (unique && unique.net > MOST_EXACT) figures.unique_listeners = { ...unique, method: 'exact' };
  const sum = (of: (slice: SliceCount) => number): number => slices.reduce((all, one) => all + of(one), 0);
  return {
    ...{ figures, excluded: excludedOf(count), records: sum(({ records }) => records) },
    ...{ late: sum(({ late }) => late), refused: sum(({ refused }) => refused) },
  };
}

/** The files in which records of the room may be. */
async function filesOf({ rawDir, from, to }: RecountOrder): Promise<string[]> {
  const name = (at: number): string => `${minuteName(at)}-0.raw`;
  const [first, last] = [name(from - MINUTE_MS), name(to + AFTER_END_MS + MINUTE_MS)];
  return (await rawFiles(rawDir)).filter((file) => byAge(file, first) >= 0 && byAge(file, last) <= 0);
}

async function threadsFor({ rawDir }: RecountOrder, files: readonly string[]): Promise<number> {
  if (availableParallelism() < 2) return 1;
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(rawDir, file)).catch(() => undefined))?.size ?? 0),
  );
  return sizes.reduce((sum, size) => sum + size, 0) < TWO_FROM_BYTES ? 1 : 2;
}

/** What all slices have, and how many keys are different. */
interface Slices {
  readonly slices: readonly SliceCount[];
  readonly different: readonly DifferentKeys[];
}

function inOne(order: SliceOrder, { progress }: RecountManner): Slices {
  const slice = countSlice(order, progress);
  return { slices: [slice], different: tellApart(slice.keys, WHOLE) };
}

async function inThreads(order: SliceOrder, of: number, { progress }: RecountManner): Promise<Slices> {
  const memory = lockstepMemory(of);
  const threads = Array.from({ length: of }, (_, number) => {
    const workerData: SliceOrder = { ...order, memory, number };
    return new SliceThread(new Worker(new URL('./slice-worker.ts', import.meta.url), { workerData }));
  });
  if (progress) threads[0]?.onProgress(progress);
  try {
    const slices = await Promise.all(threads.map((thread) => thread.counted));
    const keys = slices.flatMap((slice) => slice.keys);
    const different = await Promise.all(threads.map((thread) => thread.tellApart(keys)));
    return { slices, different: different.flat() };
  } finally {
    // One that has failed leaves the others waiting.
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

/** A thread, and its two answers. */
class SliceThread {
  readonly #worker: Worker;
  readonly counted: Promise<SliceCount>;
  readonly #different: Promise<readonly DifferentKeys[]>;
  #progress: ((share: number) => void) | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    const counted = Promise.withResolvers<SliceCount>();
    const different = Promise.withResolvers<readonly DifferentKeys[]>();
    this.counted = counted.promise;
    this.#different = different.promise;
    const fail = (error: Error): void => {
      counted.reject(error);
      different.reject(error);
    };
    // Whoever waits for the first answer does not wait for the second yet.
    this.#different.catch(() => undefined);
    worker.on('message', (answer: SliceAnswer) => {
      if ('progress' in answer) this.#progress?.(answer.progress);
      else if ('counted' in answer) counted.resolve(answer.counted);
      else if ('different' in answer) different.resolve(answer.different);
      else fail(new Error(answer.error));
    });
    worker.on('error', fail);
    worker.on('exit', () => fail(new Error('a thread ended before it had counted')));
  }

  onProgress(progress: (share: number) => void): void {
    this.#progress = progress;
  }

  tellApart(keys: readonly GatheredDay[]): Promise<readonly DifferentKeys[]> {
    this.#worker.postMessage(keys);
    return this.#different;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** The counts of all slices as one. */
function merged(slices: readonly SliceCount[], different: readonly DifferentKeys[]): CountedSums {
  const sum = (of: (slice: SliceCount) => number): number => slices.reduce((all, one) => all + of(one), 0);
  const added = (name: keyof Sums): number[] => [0, 1, 2].map((i) => sum(({ sums }) => sums[name][i] ?? 0));
  const numbers = [...new Set(different.map(({ day }) => day))].toSorted((a, b) => a - b);
  const days = numbers.map((day) => {
    const all = { day, people: 0, gross: 0, replays: 0 };
    for (const one of different.filter((each) => each.day === day)) {
      all.people += one.net;
      all.gross += one.gross;
      all.replays += one.replays;
    }
    return all;
  });
  const heard = days.filter(({ gross }) => gross > 0);
  const { day, people, gross } = heard.at(-1) ?? { day: 0, people: 0, gross: 0 };
  return {
    sums: {
      ...{ listened: added('listened'), tuned: added('tuned'), embedded: added('embedded') },
      ...{ stage: added('stage'), standby: added('standby') },
    },
    excluded: Array.from({ length: 16 }, (_, code) => sum(({ excluded }) => excluded[code] ?? 0)),
    replays: {
      gross: sum(({ replays }) => replays.gross),
      beside: sum(({ replays }) => replays.beside) + days.reduce((all, one) => all + one.replays, 0),
      error: 0,
    },
    replayKeys: { day: 0, keys: new Distinct() },
    today: { day, people: { net: people, gross, error: 0, isExact: true } },
    earlier: heard.slice(0, -1),
    live: { size: sum(({ sizes }) => sizes.live) },
    replay: { size: sum(({ sizes }) => sizes.replay) },
  };
}
