/**
 * Counts a slice of a room's sessions in a thread, then the different listener keys that it is in charge of. It has the
 * niceness of the thread that has started it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { type DifferentKeys, type GatheredDay, tellApart } from './gathered-keys.ts';
import { countSlice, type SliceCount, type SliceOrder } from './slice-count.ts';

/** What the thread says: how far it is, what its slice has, and then, of the keys of all slices, how many are different. */
export type SliceAnswer =
  | { readonly progress: number }
  | { readonly counted: SliceCount }
  | { readonly different: readonly DifferentKeys[] }
  | { readonly error: string };

const order = workerData as SliceOrder & Required<Pick<SliceOrder, 'memory' | 'number'>>;
const say = (answer: SliceAnswer): void => parentPort?.postMessage(answer);
const saying = (work: () => void): void => {
  try {
    work();
  } catch (error) {
    say({ error: String(error) });
  }
};
parentPort?.once('message', (keys: readonly GatheredDay[]) =>
  saying(() => say({ different: tellApart(keys, { number: order.number, of: order.memory.of }) })),
);
saying(() => say({ counted: countSlice(order, (progress) => say({ progress })) }));
