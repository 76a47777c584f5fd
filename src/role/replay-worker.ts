/**
 * Makes lists and plans of recordings, or measures them, beside a door: one at a time, at the lowest priority.
 */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { openReader } from '../archive/index.ts';
import { openReplayMaker, type ReplayMade, type ReplayWish } from '../origin/index.ts';

/** Orders to the thread: make something, or abandon it. */
export type ReplayOrder =
  | { readonly id: number; readonly wish: ReplayWish }
  | { readonly id: number; readonly stop: true };
/** The thread's answer. */
export type ReplayAnswer =
  | { readonly id: number; readonly made: ReplayMade | undefined }
  | { readonly id: number; readonly error: string };

/** The lowest priority. Linux gives each thread its own niceness. */
const NICENESS = 19;

try {
  setPriority(0, NICENESS);
} catch {
  // Without the right to step back it runs as it is.
}
// What paints is loaded with the first clip: at this priority, on a busy machine, loading it takes many seconds.
const maker = openReplayMaker(openReader((workerData as { dir: string }).dir), async (clip) => {
  const [{ clipCard }, { openCardPainter }] = await Promise.all([
    import('../pages/index.ts'),
    import('../picture/index.ts'),
  ]);
  return openCardPainter().png(clipCard(clip, 'en'));
});
const running = new Map<number, AbortController>();

parentPort?.on('message', async (order: ReplayOrder) => {
  if ('stop' in order) return running.get(order.id)?.abort();
  const controller = new AbortController();
  running.set(order.id, controller);
  try {
    const made = await maker.make(order.wish, controller.signal);
    const whole = made && ownBuffers(made);
    parentPort?.postMessage({ id: order.id, made: whole?.made } satisfies ReplayAnswer, whole?.buffers ?? []);
  } catch (error) {
    parentPort?.postMessage({ id: order.id, error: String(error) } satisfies ReplayAnswer);
  } finally {
    running.delete(order.id);
  }
});

/**
 * The same with each array in a buffer of its own, so that it can be handed over instead of copied on the door's
 * thread.
 */
function ownBuffers<T extends object>(made: T): { made: T; buffers: ArrayBuffer[] } {
  const buffers: ArrayBuffer[] = [];
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(made)) {
    copy[key] = value;
    if (value instanceof Float64Array || value instanceof Uint32Array)
      buffers.push(value.buffer as ArrayBuffer);
    else if (value instanceof Uint8Array) {
      const own = Uint8Array.from(value);
      copy[key] = own;
      buffers.push(own.buffer);
    }
  }
  return { made: copy as T, buffers };
}
