import type { Notice, StreamPlace } from '../../src/wire/notice.ts';
import type { StateChange } from '../../src/wire/state-box.ts';
import { keyRefused } from '../kit/room-name.ts';
import { BoxReader } from './boxes.ts';

/** Which part of the program a stream serves, as its response headers say. */
export interface Where {
  readonly place: StreamPlace;
  /** How far the newest fragment is behind the live edge, ms. */
  readonly behind: number;
  /** Sent with the next request, it keeps the place at the live edge. */
  readonly seat?: string | undefined;
  /** Sent with a reconnect, it proves that this listener was here before: such a request is never deferred. */
  readonly back?: string | undefined;
  /** The session that the sound is sent to; sent with a reconnect, it goes on. */
  readonly session?: string | undefined;
}

/** Receives what a stream delivers. */
export interface Sink {
  /** Connected: writes come every `period` ms, the next one in `next` ms; at the live edge if `where` is absent. */
  opened(period: number, next: number, where?: Where): void;
  init(bytes: Uint8Array<ArrayBuffer>): void;
  fragment(seq: number, bytes: Uint8Array<ArrayBuffer>): void;
  /** A notice from the door about the fragments that follow. */
  notice(notice: Notice): void;
  /** The door tells the state of the room: all of it first, then what changes. */
  told?(change: StateChange): void;
  /** Nothing has arrived for longer than usual, but enough is buffered to wait. */
  still?(): void;
  /** The connection is lost; `failures` attempts have failed since something last arrived. */
  lost(failures: number): void;
  /** The program is over. */
  over(): void;
}

/** A source of fragments that reconnects by itself until it is closed. */
export interface Stream {
  close(): void;
}

/** What a stream asks while it runs. */
export interface StreamOptions {
  /** The address of what follows fragment `after`, or of the newest fragments. */
  url(after: number | undefined): string;
  /** The last fragment that was handed over; a reconnect continues after it. */
  after(): number | undefined;
  /** Seconds of sound still buffered: the first retry is spread over half of them. */
  ahead(): number;
}

const FIRST_BYTES_MS = 10_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 8_000;
/** How long a server that writes every `period` ms may be silent before the connection is given up. */
export const patienceMs = (period: number): number => 2_000 + Math.min(3 * period, period + 4_000);
/**
 * While more than this is buffered, a silent connection is kept: a network that stalls continues where it was. Seconds.
 */
const ENOUGH = 2;
const LOOK_AGAIN_MS = 500;
/** The longest such wait, beyond the usual one. */
const LONGEST_WAIT_MS = 8_000;
/** After this many "no such room" in a row it is believed. */
const UNKNOWN_TIMES = 3;

/** One long GET, renewed without a gap: with a watchdog for silent sockets, back-off with jitter, and `after=SEQ`. */
export function openStream(options: StreamOptions, sink: Sink): Stream {
  let closed = false;
  let failures = 0;
  let attempt = new AbortController();
  let wake = (): void => {};

  const pull = async (): Promise<'again' | 'over'> => {
    attempt = new AbortController();
    let watchdog = setTimeout(() => attempt.abort(), FIRST_BYTES_MS);
    try {
      const response = await fetch(options.url(options.after()), {
        signal: attempt.signal,
        cache: 'no-store',
      });
      if (response.status === 410) return 'over';
      if (response.status === 404) await keyRefused();
      // A door that has just restarted may not know its rooms yet.
      if (response.status === 404 && failures >= UNKNOWN_TIMES) return 'over';
      if (!response.ok || !response.body) return 'again';
      const period = Number(response.headers.get('earshot-period')) || 320;
      let patience = patienceMs(period);
      sink.opened(period, Number(response.headers.get('earshot-next') ?? period) || 0, {
        place: response.headers.get('earshot-place') === 'ring' ? 'ring' : 'live',
        behind: Number(response.headers.get('earshot-behind')) || 0,
        seat: response.headers.get('earshot-seat') ?? undefined,
        back: response.headers.get('earshot-back') ?? undefined,
        session: response.headers.get('earshot-session') ?? undefined,
      });
      const boxes = new BoxReader();
      const reader = response.body.getReader();
      for (;;) {
        let more = LONGEST_WAIT_MS;
        const check = (): void => {
          if (more <= 0 || options.ahead() < ENOUGH) return void attempt.abort();
          more -= LOOK_AGAIN_MS;
          sink.still?.();
          watchdog = setTimeout(check, LOOK_AGAIN_MS);
        };
        clearTimeout(watchdog);
        watchdog = setTimeout(check, patience);
        const { done, value } = await reader.read();
        if (done || closed) return 'again';
        for (const cut of boxes.push(value)) {
          if (cut.kind === 'init') sink.init(cut.bytes);
          else {
            failures = 0;
            for (const notice of cut.notices ?? []) {
              patience = patienceMs(notice.period);
              sink.notice(notice);
            }
            for (const change of cut.changes ?? []) sink.told?.(change);
            sink.fragment(cut.seq, cut.bytes);
          }
        }
      }
    } finally {
      clearTimeout(watchdog);
      attempt.abort();
    }
  };

  const run = async (): Promise<void> => {
    while (!closed) {
      const end = await pull().catch(() => 'again' as const);
      if (closed) return;
      if (end === 'over') return sink.over();
      sink.lost(failures);
      const wait =
        failures === 0
          ? Math.min(LAST_RETRY_MS, Math.random() * options.ahead() * 500)
          : Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)) * (0.75 + Math.random() / 2);
      failures++;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, wait);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };

  const online = (): void => wake();
  addEventListener('online', online);
  void run();
  return {
    close() {
      closed = true;
      removeEventListener('online', online);
      attempt.abort();
      wake();
    },
  };
}
