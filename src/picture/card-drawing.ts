import { Worker } from 'node:worker_threads';
import type { Clock } from '../base/clock.ts';
import { ms } from '../base/time.ts';
import type { DrawnCard } from './card-worker.ts';

/** A thread that has not been used for this long is ended: its memory is worth more. */
const IDLE_MS = 60_000;
/** Megabytes of heap: the faces, and one image. */
const HEAP_MB = 96;
/** Cards that may wait; they are drawn one at a time. */
const MOST_WAITING = 24;

/** Draws cards in a thread of its own, which starts with the first. */
export interface CardDrawing extends AsyncDisposable {
  /** The PNG of a card of ours; undefined at once while too many wait. Resolves with undefined for what is no card. */
  png(svg: string): Promise<Uint8Array<ArrayBuffer> | undefined> | undefined;
}

/** Opens it. A thread that dies fails what waits; the next card starts another. */
export function openCardDrawing(clock: Clock): CardDrawing {
  let worker: Worker | undefined;
  let ids = 0;
  let idle: Disposable | undefined;
  const waiting = new Map<number, PromiseWithResolvers<Uint8Array<ArrayBuffer> | undefined>>();
  const fail = (cause: string): void => {
    for (const one of waiting.values()) one.reject(new Error(cause));
    waiting.clear();
  };
  const end = async (): Promise<void> => {
    const thread = worker;
    worker = undefined;
    await thread?.terminate();
  };
  const start = (): Worker => {
    const thread = new Worker(new URL('./card-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    thread.unref();
    thread.on('message', (drawn: DrawnCard) => {
      const one = waiting.get(drawn.id);
      waiting.delete(drawn.id);
      if ('error' in drawn) one?.reject(new Error(drawn.error));
      else one?.resolve(drawn.png);
      if (waiting.size === 0) idle = clock.after(ms(IDLE_MS), () => void end());
    });
    let cause = 'the thread ended';
    thread.on('error', (error) => {
      cause = String(error);
    });
    thread.on('exit', () => {
      if (worker !== thread) return;
      worker = undefined;
      fail(cause);
    });
    return thread;
  };
  return {
    png(svg) {
      if (waiting.size >= MOST_WAITING) return undefined;
      idle?.[Symbol.dispose]();
      worker ??= start();
      const id = ids++;
      const done = Promise.withResolvers<Uint8Array<ArrayBuffer> | undefined>();
      waiting.set(id, done);
      worker.postMessage({ id, svg });
      return done.promise;
    },
    async [Symbol.asyncDispose]() {
      idle?.[Symbol.dispose]();
      fail('the site is closing');
      await end();
    },
  };
}
