import { Worker } from 'node:worker_threads';
import type { Outcome } from './search.ts';
import { MOST_BYTES } from './target.ts';
import type { SearchAnswer, SearchOrder } from './worker.ts';

/** An input that is read for longer than this never ends. */
const HANG_MS = 10_000;
const LOOK_MS = 250;
/** The most that one look counts for: while the machine stands still, nobody is waited for. */
const MOST_PER_LOOK_MS = 500;
/** Memory of one search; more is a find. */
const HEAP_MB = 1_500;
const SHARED_BYTES = 8 + 256 * MOST_BYTES;

/** Runs one search in a thread and watches it. */
export async function fuzz(order: Omit<SearchOrder, 'shared'>, hangMs = HANG_MS): Promise<SearchAnswer> {
  const shared = new SharedArrayBuffer(SHARED_BYTES);
  const numbers = new Int32Array(shared, 0, 2);
  const began = performance.now();
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    workerData: { ...order, shared } satisfies SearchOrder,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  let answer: SearchAnswer | undefined;
  let trouble: Error | undefined;
  let last = { begun: 0, at: performance.now(), stuck: 0 };
  let hung = false;
  const look = setInterval(() => {
    const [begun = 0] = numbers;
    const now = performance.now();
    const stuck =
      begun > 0 && begun === last.begun ? last.stuck + Math.min(MOST_PER_LOOK_MS, now - last.at) : 0;
    last = { begun, at: now, stuck };
    if (stuck < hangMs || hung || answer) return;
    hung = true;
    void worker.terminate();
  }, LOOK_MS);
  await new Promise<void>((resolve) => {
    worker.on('message', (message: SearchAnswer) => {
      answer = message;
      // What the target left open must not keep the thread.
      void worker.terminate();
    });
    worker.on('error', (error) => (trouble = error as Error));
    worker.on('exit', () => resolve());
  });
  clearInterval(look);
  if (answer) return answer;
  const [begun = 0, size = 0] = numbers;
  if (begun === 0) throw trouble ?? new Error(`${order.name}: the search ended before it began`);
  const input = Buffer.from(new Uint8Array(shared, 8, Math.min(size, shared.byteLength - 8)));
  const text = hung ? `did not end within ${hangMs / 1000} s` : String(trouble?.stack ?? 'the thread ended');
  const outcome: Outcome = {
    ...{
      inputs: begun,
      seconds: (performance.now() - began) / 1000,
      reached: 0,
      branches: 0,
      interesting: 0,
      heap: { before: 0, after: 0 },
    },
    finds: [{ what: hung ? 'hang' : 'error', text, input }],
  };
  return { outcome };
}
