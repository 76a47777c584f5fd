import type { Notice } from '../../src/wire/notice.ts';
import type { StateChange } from '../../src/wire/state-box.ts';
import { patienceMs, type Sink, type Stream, type Where } from './stream.ts';

/** How many fragments the leading tab keeps for a tab that is opened later: as much as the longest margin (12.8 s). */
const KEPT = 40;
/** A tab that gets no answer for this long takes over the stream, ms. */
const ANSWER_MS = 600;

/** Messages between the tabs of one browser. */
type Message =
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
  | { readonly say: 'told'; readonly change: StateChange }
  | { readonly say: 'init'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly say: 'fragment'; readonly seq: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly say: 'still' }
  | { readonly say: 'lost'; readonly failures: number }
  | { readonly say: 'over' };

/** A stream that another tab may hold. */
export interface SharedStream extends Stream {
  /** True while this tab holds the connection. */
  readonly leads: boolean;
}

/** True where tabs can agree on who holds the stream: Web Locks need a secure context. */
export const canShare = (): boolean => 'locks' in navigator && typeof BroadcastChannel === 'function';

/** What a tab knows about the stream, and keeps for tabs that are opened later. */
interface Tape {
  init: Uint8Array<ArrayBuffer> | undefined;
  kept: { readonly seq: number; readonly bytes: Uint8Array<ArrayBuffer> }[];
  period: number;
  /** When the next write is due, by `performance.now()`. */
  due: number;
  where: Where | undefined;
  /** All that the stream has told of the room. */
  known: StateChange | undefined;
}

const keep = (tape: Tape, fragment: Tape['kept'][number]): void => {
  tape.kept = [...tape.kept.slice(1 - KEPT), fragment];
};

const apply = (tape: Tape, notice: Notice): void => {
  if ('place' in notice) {
    tape.kept = [];
    tape.where = { ...tape.where, place: notice.place, behind: 0 };
  } else if (notice.in > 0) return;
  tape.period = notice.period;
};

/** The sink of the leading tab: keeps what arrives, tells the other tabs, and hands it on. */
const leader = (tape: Tape, tell: (message: Message) => void, sink: Sink): Sink => ({
  opened(period, next, where) {
    if (where?.place !== tape.where?.place) tape.kept = [];
    tape.where = where;
    tape.period = period;
    tape.due = performance.now() + next;
    tell({ say: 'open', period, next, where, anew: true });
    sink.opened(period, next, where);
  },
  notice(notice) {
    apply(tape, notice);
    tell({ say: 'notice', notice });
    sink.notice(notice);
  },
  told(change) {
    tape.known = { ...tape.known, ...change };
    tell({ say: 'told', change });
    sink.told?.(change);
  },
  init(bytes) {
    tape.init = bytes;
    tell({ say: 'init', bytes });
    sink.init(bytes);
  },
  fragment(seq, bytes) {
    keep(tape, { seq, bytes });
    tape.due = performance.now() + tape.period;
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
});

/** Sends a tab that was just opened what the leading tab has. */
const replay = ({ init, kept, period, due, where, known }: Tape, tell: (message: Message) => void): void => {
  if (!init || kept.length === 0) return;
  tell({ say: 'open', period, next: Math.max(0, due - performance.now()), where });
  tell({ say: 'init', bytes: init });
  if (known) tell({ say: 'told', change: known });
  for (const { seq, bytes } of kept) tell({ say: 'fragment', seq, bytes });
};

/** Handles the leading tab's messages in a tab that follows. */
const follower = (tape: Tape, sink: Sink) => {
  let greeted = false;
  let last = -1;
  return {
    /** Nothing counts until the leading tab has sent what the decoder needs. */
    begin(): void {
      greeted = false;
    },
    hear(message: Message): void {
      // An answer to another tab's hello repeats what this tab already has.
      if (message.say === 'open') {
        tape.period = message.period;
        const moved = message.where?.place !== tape.where?.place;
        tape.where = message.where;
        if (moved) last = -1;
        if (!greeted || moved || message.anew) sink.opened(message.period, message.next, tape.where);
      } else if (message.say === 'notice') {
        if (!greeted) return;
        apply(tape, message.notice);
        sink.notice(message.notice);
      } else if (message.say === 'told') {
        // A tab that leads later tells all of it, too.
        tape.known = { ...tape.known, ...message.change };
        if (greeted) sink.told?.(message.change);
      } else if (message.say === 'init') {
        greeted = true;
        tape.init = message.bytes;
        sink.init(message.bytes);
      } else if (message.say === 'fragment') {
        if (!greeted || message.seq <= last) return;
        last = message.seq;
        keep(tape, message);
        sink.fragment(message.seq, message.bytes);
      } else if (message.say === 'lost') sink.lost(message.failures);
      else if (message.say === 'over') sink.over();
    },
  };
};

/**
 * One connection per browser, room and codec: HTTP/1.1 allows six per host, so a seventh tab would hang.
 * The tab with the lock holds the stream and hands on fragments; when it closes, another continues after the last one.
 */
export function openShared(name: string, open: (sink: Sink) => Stream, sink: Sink): SharedStream {
  const channel = new BroadcastChannel(name);
  const over = new AbortController();
  const tape: Tape = { init: undefined, kept: [], period: 320, due: 0, where: undefined, known: undefined };
  let mine: Stream | undefined;
  let releaseLock = (): void => {};
  let watchdog: ReturnType<typeof setTimeout> | undefined;

  const tell = (message: Message): void => {
    if (!over.signal.aborted) channel.postMessage(message);
  };
  const following = follower(tape, sink);
  const lead = (): Promise<void> => {
    clearTimeout(watchdog);
    if (over.signal.aborted || mine) return Promise.resolve();
    mine = open(leader(tape, tell, sink));
    return new Promise((resolve) => {
      releaseLock = resolve;
    });
  };
  const follow = (): void => {
    mine?.close();
    mine = undefined;
    if (over.signal.aborted) return;
    // Waits for the lock until the leading tab closes.
    navigator.locks.request(name, { signal: over.signal }, lead).catch(lostLock);
    following.begin();
    tell({ say: 'hello' });
    watch(ANSWER_MS);
  };
  const watch = (patience: number): void => {
    clearTimeout(watchdog);
    // The leading tab is frozen or has crashed: takes the lock from it.
    watchdog = setTimeout(() => {
      if (!mine && !over.signal.aborted) {
        navigator.locks.request(name, { steal: true }, lead).catch(lostLock);
      }
    }, patience);
  };
  const lostLock = (): void => {
    if (!over.signal.aborted && mine) follow();
  };

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (mine) {
      if (data.say === 'hello') replay(tape, tell);
    } else if (data.say !== 'hello') {
      watch(patienceMs(tape.period) + 500);
      following.hear(data);
    }
  };

  navigator.locks
    .request(name, { ifAvailable: true }, (lock) => (lock ? lead() : undefined))
    .then(
      () => {
        if (!over.signal.aborted && !mine) follow();
      },
      () => {
        if (mine) lostLock();
        // A browser that lets this site keep nothing has no locks for it: the tab holds a stream of its own.
        else void lead();
      },
    );

  return {
    get leads() {
      return mine !== undefined;
    },
    close() {
      over.abort();
      clearTimeout(watchdog);
      mine?.close();
      mine = undefined;
      channel.close();
      releaseLock();
    },
  };
}
