/** Counts a room again in a thread of its own, behind everybody who has a voice to carry. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { type Recounted, type RecountOrder, recount } from './final-pass.ts';

/** What the thread says: now and then which share is done, and then its only answer. */
export type RecountAnswer =
  | { readonly progress: number }
  | { readonly done: Recounted }
  | { readonly error: string };

try {
  // Linux gives each thread its own niceness.
  setPriority(0, 19);
} catch {
  // Without the right to step back it runs as it is.
}
const say = (answer: RecountAnswer): void => parentPort?.postMessage(answer);
recount(workerData as RecountOrder, { progress: (progress) => say({ progress }) }).then(
  (done) => say({ done }),
  (error: unknown) => say({ error: String(error) }),
);
