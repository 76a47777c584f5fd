/** One search in a thread of its own, which can be ended when it hangs. */
import { parentPort, workerData } from 'node:worker_threads';
import { coversOf, readCorpus, targetFile } from './corpus.ts';
import { load, type Outcome, Search, type Until } from './search.ts';
import { smallest } from './smallest.ts';

/** The order for a worker. */
export interface SearchOrder {
  readonly name: string;
  readonly seed: number;
  readonly until: Until;
  /** Inputs to read and nothing else. */
  readonly only?: readonly Uint8Array[];
  /** Give back a small corpus with the same branches. */
  readonly keep: boolean;
  /** Two numbers (inputs begun, bytes of the current one) and then the input that is being read. */
  readonly shared: SharedArrayBuffer;
}

/** The answer of a worker. */
export interface SearchAnswer {
  readonly outcome: Outcome;
  readonly corpus?: readonly Uint8Array[];
}

const order = workerData as SearchOrder;
const numbers = new Int32Array(order.shared, 0, 2);
const current = new Uint8Array(order.shared, 8);
const announce = (input: Uint8Array): void => {
  current.set(input.subarray(0, current.length));
  numbers[1] = input.length;
  Atomics.add(numbers, 0, 1);
};

const file = targetFile(order.name);
const { target, traced } = await load(file, coversOf(file));
const search = new Search(target, traced, announce);
const first = order.only ?? [
  ...target.seeds.map((seed) => Buffer.from(seed as string)),
  ...readCorpus(order.name),
];
const until = order.only ? { runs: order.only.length, seconds: Number.POSITIVE_INFINITY } : order.until;
const outcome = await search.run(first, order.seed, until);
const corpus = order.keep ? { corpus: await smallest(search, search.corpus) } : {};
parentPort?.postMessage({ outcome, ...corpus } satisfies SearchAnswer);
