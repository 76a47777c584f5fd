import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Fragment } from '../base/media.ts';
import type { ThreadNews, ThreadOrder, ThreadStart } from './thread.ts';

/** Events of an encoder thread. */
export interface ThreadEvents {
  /** A thread is ready for blocks: the first one, or a restarted one, which must be told its first slot. */
  ready(): void;
  /** The thread died, with all the blocks it had; another one is being started. */
  gone(error: Error): void;
  /** Receipt for one slot, with its fragments. */
  slot(fragments: readonly Fragment[]): void;
  failed(rendition: string, error: string): void;
}

/** A worker thread that is restarted when it dies. */
export interface EncoderThread extends AsyncDisposable {
  /** Sends an order; allowed only while the thread is ready. */
  order(order: ThreadOrder, moved?: ArrayBuffer[]): void;
}

/** Pause before a restart, so that a thread that cannot start does not use up the processor. */
const RESTART_MS = 500;
/** Longest wait for a regular end. */
const CLOSE_MS = 2000;

/** Starts the thread and waits until it is warm. @throws when it cannot be started the first time. */
export async function startThread(workerData: ThreadStart, events: ThreadEvents): Promise<EncoderThread> {
  let worker: Worker | undefined;
  let closed = false;
  let again: NodeJS.Timeout | undefined;

  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      let problem = new Error('the encoder thread ended');
      let ready = false;
      const mine = new Worker(new URL('./thread.ts', import.meta.url), { workerData });
      worker = mine;
      mine.on('message', (news: ThreadNews) => {
        if (news.kind === 'fragments') events.slot(news.fragments);
        else if (news.kind === 'failed') events.failed(news.rendition, news.error);
        else {
          ready = true;
          resolve();
          events.ready();
        }
      });
      mine.once('error', (error) => {
        problem = error instanceof Error ? error : new Error(String(error));
      });
      mine.once('exit', () => {
        worker = undefined;
        reject(problem);
        if (closed) return;
        if (ready) events.gone(problem);
        // A failure of the very first start is reported to the caller.
        if (ready || started) again = setTimeout(() => void start().catch(() => undefined), RESTART_MS);
      });
    });

  let started = false;
  await start();
  started = true;
  return {
    order: (order, moved = []) => worker?.postMessage(order, moved),
    async [Symbol.asyncDispose]() {
      closed = true;
      clearTimeout(again);
      const last = worker;
      if (!last) return;
      const gone = new Promise<void>((resolve) => last.once('exit', () => resolve()));
      last.postMessage({ kind: 'close' } satisfies ThreadOrder);
      await Promise.race([gone, sleep(CLOSE_MS, undefined, { ref: false })]);
      await last.terminate();
    },
  };
}
