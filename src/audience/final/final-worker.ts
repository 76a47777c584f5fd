/** Counts a room again in a thread of its own, behind everybody who has a voice to carry. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { type Recounted, type RecountOrder, recount } from './final-pass.ts';

/** The thread's only answer. */
export type RecountAnswer = { readonly done: Recounted } | { readonly error: string };

try {
  // Linux gives each thread its own niceness.
  setPriority(0, 19);
} catch {
  // Without the right to step back it runs as it is.
}
recount(workerData as RecountOrder).then(
  (done) => parentPort?.postMessage({ done } satisfies RecountAnswer),
  (error: unknown) => parentPort?.postMessage({ error: String(error) } satisfies RecountAnswer),
);
