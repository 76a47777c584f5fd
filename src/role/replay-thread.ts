import { Worker } from 'node:worker_threads';
import type { Clock } from '../base/clock.ts';
import { ms } from '../base/time.ts';
import type { ReplayMade, ReplayMaker } from '../origin/index.ts';
import type { ReplayAnswer, ReplayOrder } from './replay-worker.ts';

/** A thread that has not been used for this long is ended: its memory is worth more. */
const IDLE_MS = 60_000;
/** Megabytes of heap: a recording of 30 days needs a third of it. */
const HEAP_MB = 512;

/** Makes replays in a thread of its own, which starts with the first request. */
export interface ReplayThread extends ReplayMaker, AsyncDisposable {}

/**
 * Opens the thread for the recordings in `dir`. A thread that dies fails what it was making; the next request starts
 * another.
 */
export function openReplayThread(clock: Clock, dir: string): ReplayThread {
  let worker: Worker | undefined;
  let ids = 0;
  let idle: Disposable | undefined;
  const waiting = new Map<number, PromiseWithResolvers<ReplayMade | undefined>>();

  const settle = (answer: ReplayAnswer): void => {
    const one = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) one?.reject(new Error(answer.error));
    else one?.resolve(answer.made);
    if (waiting.size === 0) idle = clock.after(ms(IDLE_MS), () => void end());
  };
  const start = (): Worker => {
    const thread = new Worker(new URL('./replay-worker.ts', import.meta.url), {
      workerData: { dir },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    thread.unref();
    thread.on('message', settle);
    let cause = 'the thread ended';
    thread.on('error', (error) => {
      cause = String(error);
    });
    thread.on('exit', () => {
      if (worker !== thread) return;
      worker = undefined;
      for (const one of waiting.values()) one.reject(new Error(cause));
      waiting.clear();
    });
    return thread;
  };
  const end = async (): Promise<void> => {
    const thread = worker;
    worker = undefined;
    await thread?.terminate();
  };

  return {
    make(wish, signal) {
      idle?.[Symbol.dispose]();
      worker ??= start();
      const thread = worker;
      const id = ids++;
      const done = Promise.withResolvers<ReplayMade | undefined>();
      waiting.set(id, done);
      thread.postMessage({ id, wish } satisfies ReplayOrder);
      const stop = (): void => thread.postMessage({ id, stop: true } satisfies ReplayOrder);
      signal.addEventListener('abort', stop, { once: true });
      return done.promise.finally(() => signal.removeEventListener('abort', stop));
    },
    async [Symbol.asyncDispose]() {
      idle?.[Symbol.dispose]();
      for (const one of waiting.values()) one.reject(new Error('the door is closing'));
      waiting.clear();
      await end();
    },
  };
}
