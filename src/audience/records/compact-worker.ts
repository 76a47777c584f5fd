/** Makes one raw file compact, in a thread of its own, behind everybody who has a voice to carry. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { type Compacted, type CompactOrder, compact } from './compaction.ts';

/** What the thread answers, once; `refused`: the file cannot be made compact at all. */
export type CompactAnswer =
  | { readonly done: Compacted }
  | { readonly error: string; readonly refused: boolean };

try {
  // Linux gives each thread its own niceness.
  setPriority(0, 19);
} catch {
  // Without the right to step back it runs as it is.
}
compact(workerData as CompactOrder).then(
  (done) => parentPort?.postMessage({ done } satisfies CompactAnswer),
  (error: unknown) => {
    const refused = error instanceof RangeError;
    parentPort?.postMessage({ error: String(error), refused } satisfies CompactAnswer);
  },
);
