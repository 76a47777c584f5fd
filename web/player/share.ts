import type { Notice } from '../../src/wire/notice.ts';
import { patienceMs, type Sink, type Stream, type Where } from './stream.ts';

/** Fragments the tab that holds the stream keeps for a tab that comes later: as much as the longest margin (12.8 s). */
const KEPT = 40;
/** A tab that asks and hears nothing for this long takes the stream for itself. */
const ANSWER_MS = 600;

/** What tabs of one browser say to each other. */
type Word =
  | { readonly say: 'hello' }
  | {
      readonly say: 'open';
      readonly period: number;
      readonly next: number;
      readonly where?: Where | undefined;
      /** A new connection; absent in the answer to a hello. */
      readonly anew?: true;
    }
  | { readonly say: 'notice'; readonly notice: Notice }
  | { readonly say: 'init'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly say: 'fragment'; readonly seq: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly say: 'still' }
  | { readonly say: 'lost'; readonly failures: number }
  | { readonly say: 'over' };

/** A stream that may be another tab's. */
export interface SharedStream extends Stream {
  /** True while this tab holds the connection. */
  readonly leads: boolean;
}

/** True where tabs can agree on who holds the stream: Web Locks need a secure context. */
export const canShare = (): boolean => 'locks' in navigator && typeof BroadcastChannel === 'function';

/**
 * One connection per browser, room and codec: HTTP/1.1 allows six per host, so a seventh tab would hang.
 * The tab with the lock holds the stream and hands on fragments; when it closes, another goes on after its last.
 */
export function openShared(name: string, open: (sink: Sink) => Stream, sink: Sink): SharedStream {
  const channel = new BroadcastChannel(name);
  const over = new AbortController();
  let mine: Stream | undefined;
  let letGo = (): void => {};
  let init: Uint8Array<ArrayBuffer> | undefined;
  let kept: { seq: number; bytes: Uint8Array<ArrayBuffer> }[] = [];
  let period = 320;
  let due = 0;
  let dog: ReturnType<typeof setTimeout> | undefined;
  let greeted = false;
  let last = -1;
  let where: Where | undefined;

  const tell = (word: Word): void => {
    if (!over.signal.aborted) channel.postMessage(word);
  };
  const heed = (notice: Notice): void => {
    if ('place' in notice) {
      kept = [];
      where = { ...where, place: notice.place, behind: 0 };
    } else if (notice.in > 0) return;
    period = notice.period;
  };
  const leading: Sink = {
    opened(every, next, at) {
      if (at?.place !== where?.place) kept = [];
      where = at;
      period = every;
      due = performance.now() + next;
      tell({ say: 'open', period, next, where, anew: true });
      sink.opened(every, next, at);
    },
    notice(notice) {
      heed(notice);
      tell({ say: 'notice', notice });
      sink.notice(notice);
    },
    init(bytes) {
      init = bytes;
      tell({ say: 'init', bytes });
      sink.init(bytes);
    },
    fragment(seq, bytes) {
      kept = [...kept.slice(1 - KEPT), { seq, bytes }];
      due = performance.now() + period;
      tell({ say: 'fragment', seq, bytes });
      sink.fragment(seq, bytes);
    },
    still() {
      tell({ say: 'still' });
    },
    lost(failures) {
      tell({ say: 'lost', failures });
      sink.lost(failures);
    },
    over() {
      tell({ say: 'over' });
      sink.over();
    },
  };

  const lead = (): Promise<void> => {
    clearTimeout(dog);
    if (over.signal.aborted || mine) return Promise.resolve();
    mine = open(leading);
    return new Promise((resolve) => {
      letGo = resolve;
    });
  };
  const follow = (): void => {
    mine?.close();
    mine = undefined;
    if (over.signal.aborted) return;
    // Waits in line for the day the leading tab closes.
    navigator.locks.request(name, { signal: over.signal }, lead).catch(lostLock);
    greeted = false;
    tell({ say: 'hello' });
    watch(ANSWER_MS);
  };
  const watch = (patience: number): void => {
    clearTimeout(dog);
    // The leading tab is frozen or gone without a word: take the lock from it.
    dog = setTimeout(() => {
      if (!mine && !over.signal.aborted) {
        navigator.locks.request(name, { steal: true }, lead).catch(lostLock);
      }
    }, patience);
  };
  const lostLock = (): void => {
    if (!over.signal.aborted && mine) follow();
  };

  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    if (mine) {
      if (data.say !== 'hello' || !init || kept.length === 0) return;
      tell({ say: 'open', period, next: Math.max(0, due - performance.now()), where });
      tell({ say: 'init', bytes: init });
      for (const { seq, bytes } of kept) tell({ say: 'fragment', seq, bytes });
      return;
    }
    if (data.say === 'hello') return;
    watch(patienceMs(period) + 500);
    // An answer to somebody else's hello repeats what this tab already has.
    if (data.say === 'open') {
      period = data.period;
      const moved = data.where?.place !== where?.place;
      where = data.where;
      if (moved) last = -1;
      if (!greeted || moved || data.anew) sink.opened(data.period, data.next, where);
    } else if (data.say === 'notice') {
      if (!greeted) return;
      heed(data.notice);
      sink.notice(data.notice);
    } else if (data.say === 'init') {
      greeted = true;
      init = data.bytes;
      sink.init(data.bytes);
    } else if (data.say === 'fragment') {
      if (!greeted || data.seq <= last) return;
      last = data.seq;
      kept = [...kept.slice(1 - KEPT), data];
      sink.fragment(data.seq, data.bytes);
    } else if (data.say === 'lost') sink.lost(data.failures);
    else if (data.say === 'over') sink.over();
  };

  navigator.locks
    .request(name, { ifAvailable: true }, (lock) => (lock ? lead() : undefined))
    .then(() => {
      if (!over.signal.aborted && !mine) follow();
    }, lostLock);

  return {
    get leads() {
      return mine !== undefined;
    },
    close() {
      over.abort();
      clearTimeout(dog);
      mine?.close();
      mine = undefined;
      channel.close();
      letGo();
    },
  };
}
