import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { Charge } from '../../base/reply.ts';
import { ms } from '../../base/time.ts';
import { isStream } from '../answer/send.ts';
import type { Limits } from '../limits.ts';
import type { Counters } from '../metrics/counters.ts';
import type { DoorOrigin } from '../origin-port.ts';
import { forwardedForIn, type QuickHead, readQuickHead } from '../request/file-head.ts';
import type { Batch } from '../socket/batched-write.ts';
import { descriptor, type Outlet, put, waitingIn } from '../socket/direct-write.ts';
import { reset } from '../socket/reset.ts';
import { type Making, Shelf } from './response-cache.ts';

/** What serving shared files needs. */
export interface QuickDeps {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly batch: Batch;
  readonly origin: DoorOrigin;
  /** Charges the network for one answer; false when it has used up its share. */
  fetches(socket: Socket, forwardedFor: string | undefined): boolean;
  /** How expensive work is charged to the network that asks for it. */
  charger(socket: Socket, forwardedFor: string | undefined): Charge;
  /** True for a connection of a listed proxy, on which one request is somebody's and the next another's. */
  isProxy(socket: Socket): boolean;
  /** Records a fault that cost one connection. */
  fault(error: unknown, where: string): void;
  /** Takes a connection back, with bytes that have been read but not answered. */
  back(socket: Socket, bytes: Buffer): void;
}

/** Serves small public files on kept-alive connections from one buffer for everyone. */
export interface Quick {
  /** Takes over a connection whose first bytes are such a request; otherwise false, with no effect. */
  take(socket: Socket, bytes: Buffer): boolean;
  /** Closes connections that are idle or have not finished a head; call about once a second. */
  sweep(): void;
  /** From now on every answer closes its connection, because the door is stopping. */
  close(): void;
  /** Closes connections that are waiting for nothing. */
  closeIdle(): void;
  /** Connections held now. */
  readonly size: number;
}

interface State extends Outlet {
  /** Bytes read and not yet answered, including the waiting request. */
  bytes: Buffer | undefined;
  /** Length of the request whose answer is being made; 0 while there is none. */
  waiting: number;
  /** The answer it is waiting for. */
  making: Making<QuickSocket> | undefined;
  /** Since when nothing has happened, on the monotonic clock. */
  since: number;
  served: number;
  before: { readonly fields: string; readonly gzip: boolean } | undefined;
  /** See `QuickDeps.isProxy`. */
  readonly proxy: boolean;
}

const STATE = Symbol('quick');
type QuickSocket = Socket & { [STATE]?: State };
type Found = Extract<QuickHead, { kind: 'quick' }>;

/** A blocking answer is sent to many listeners over this long, so that their next requests are spread as well. */
const SPREAD_MS = 240;
const SLICE_MS = 20;
/** This many are answered at once: a small room does not wait. */
const SLICE_FLOOR = 64;

/**
 * Longer headers are examined each time, because each of tens of thousands of connections would keep its own copy.
 */
const MOST_KEPT = 4_096;

/** A number in canonical form; anything else maps to one value, which is refused. */
const number = (text: string): string => (/^\d{1,10}$/.test(text) ? String(Number(text)) : 'none');
/** The query parameters of low-latency players, in canonical form. Spec: draft-pantos-hls-rfc8216bis, 6.2.5. */
const HLS_PARAMETERS = [
  ['_HLS_msn', number],
  ['_HLS_part', number],
  ['_HLS_skip', (text: string) => (text === 'YES' || text === 'v2' ? 'YES' : undefined)],
] as const;
const PLAYLIST = /\.m3u8$/;

/** The meaningful parameters of a playlist's query, in one order: made-up parameters must not multiply the work. */
function meaningOf(query: string): string {
  const given = new URLSearchParams(query);
  const kept = new URLSearchParams();
  for (const [name, read] of HLS_PARAMETERS) {
    const value = given.get(name);
    const means = value === null ? undefined : read(value);
    if (means !== undefined) kept.set(name, means);
  }
  return kept.toString();
}

/** An answer with `connection: close` added behind its status line. Spec: RFC 9112, 9.6. */
function withClose(bytes: Buffer): Buffer {
  const line = bytes.indexOf('\r\n') + 2;
  return Buffer.concat([bytes.subarray(0, line), CLOSE, bytes.subarray(line)]);
}
const CLOSE = Buffer.from('connection: close\r\n');

/** What is left of `bytes` after the first `taken`. */
const rest = (bytes: Buffer | undefined, taken: number): Buffer | undefined =>
  bytes && bytes.length > taken ? bytes.subarray(taken) : undefined;

/** Opens it. */
export function openQuick(deps: QuickDeps): Quick {
  const { clock, limits, counters, batch, origin } = deps;
  const shelf = new Shelf<QuickSocket>(clock);
  const sockets = new Set<QuickSocket>();
  const slices: { bytes: Buffer; waiters: readonly QuickSocket[]; at: number; size: number }[] = [];
  let timer: Disposable | undefined;
  let closing = false;
  /** In a crowd the next query is usually the same as the last one. */
  let lately = { query: '', means: '' };

  function meaning(path: string, query: string): string {
    if (query === '' || !PLAYLIST.test(path)) return '';
    if (query !== lately.query) lately = { query, means: meaningOf(query) };
    return lately.means;
  }
  function letGo(socket: QuickSocket): Buffer | undefined {
    const bytes = socket[STATE]?.bytes;
    sockets.delete(socket);
    delete socket[STATE];
    socket.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
    return bytes;
  }
  /** Hands a connection to the full HTTP server, as if its unanswered bytes had just arrived. */
  function giveBack(socket: QuickSocket) {
    const bytes = letGo(socket) ?? Buffer.alloc(0);
    if (!socket.destroyed) deps.back(socket, bytes);
  }

  function write(socket: QuickSocket, bytes: Buffer, send: Batch['put'] = put) {
    const state = socket[STATE];
    if (!state || socket.destroyed) return;
    state.since = clock.now();
    state.served += 1;
    counters.requests += 1;
    // It keeps asking and never reads.
    const waiting = waitingIn(state);
    if (waiting > 0 && waiting + bytes.length > limits.backlog) {
      counters.stalledRequests += 1;
      return reset(socket);
    }
    counters.fileBytes += bytes.length;
    const last = closing || state.served >= limits.requestsPerSocket;
    send(state, last ? withClose(bytes) : bytes);
    if (last) {
      batch.flush();
      letGo(socket);
      socket
        .on('error', onError)
        .on('data', () => {})
        .end();
      clock.after(ms(2_000), () => socket.destroy());
    }
  }
  /** Sends a waiting connection its answer, with the batch, and continues with what it asked in the meantime. */
  function answer(socket: QuickSocket, bytes: Buffer) {
    const state = socket[STATE];
    if (!state) return;
    state.bytes = rest(state.bytes, state.waiting);
    state.waiting = 0;
    state.making = undefined;
    write(socket, bytes, batch.put);
    if (!socket[STATE] || !state.bytes) return;
    batch.flush();
    next(socket, state);
  }

  /** Does something for one connection; a fault in it costs only that connection. */
  function contain(socket: QuickSocket, work: () => void) {
    try {
      work();
    } catch (error) {
      deps.fault(error, 'a file for a player');
      reset(socket);
    }
  }
  function tick() {
    for (let i = slices.length - 1; i >= 0; i -= 1) {
      const slice = slices[i];
      if (!slice) continue;
      const end = Math.min(slice.waiters.length, slice.at + slice.size);
      for (; slice.at < end; slice.at += 1) {
        const socket = slice.waiters[slice.at];
        if (socket) contain(socket, () => answer(socket, slice.bytes));
      }
      if (slice.at >= slice.waiters.length) slices.splice(i, 1);
    }
    batch.flush();
    if (slices.length > 0) return;
    timer?.[Symbol.dispose]();
    timer = undefined;
  }
  function release(making: Making<QuickSocket>, bytes: Buffer) {
    const waiters = shelf.release(making);
    const size = Math.max(SLICE_FLOOR, Math.ceil(waiters.length / (SPREAD_MS / SLICE_MS)));
    slices.push({ bytes, waiters, at: 0, size });
    timer ??= clock.every(ms(SLICE_MS), tick);
    tick();
  }

  async function make(
    making: Making<QuickSocket>,
    head: Found,
    query: string,
    charge: Charge,
  ): Promise<void> {
    try {
      const headers = head.gzip ? { 'accept-encoding': 'gzip' } : {};
      const reply = await origin.answer(
        head.path,
        new URLSearchParams(query),
        headers,
        making.abort.signal,
        charge,
      );
      // A network that has had too much is refused on its own: the others may still be served.
      const shared = reply && !isStream(reply.body) && reply.status !== 429;
      if (shared) return release(making, shelf.keep(making.key, reply, query !== ''));
      if (reply && isStream(reply.body)) reply.body.destroy();
    } catch {
      // Asked again below, on the path that reports errors.
    }
    // The answer cannot be shared: each is served on its own.
    for (const socket of shelf.release(making)) contain(socket, () => giveBack(socket));
  }

  /** Answers the requests among the bytes that a connection has sent. */
  function next(socket: QuickSocket, state: State) {
    while (state.bytes && state.waiting === 0) {
      const head = readQuickHead(state.bytes, limits, state.before);
      if (head.kind === 'more') return;
      if (head.kind !== 'quick') return giveBack(socket);
      const forwardedFor = state.proxy ? forwardedForIn(head.fields) : undefined;
      if (!deps.fetches(socket, forwardedFor)) {
        counters.overShare += 1;
        // The proxy's next request is somebody else's: this one is told that it was too much.
        return state.proxy ? giveBack(socket) : reset(socket);
      }
      if (state.before?.fields !== head.fields)
        state.before = head.fields.length > MOST_KEPT ? undefined : { fields: head.fields, gzip: head.gzip };
      const query = meaning(head.path, head.query);
      const key = `${head.gzip ? 'z' : '-'}${head.path}${query === '' ? '' : `?${query}`}`;
      const ready = shelf.find(key);
      if (!ready) {
        // Kept until it is answered, because it may have to be handed on.
        state.waiting = head.length;
        const { making, first } = shelf.wait(key, socket);
        state.making = making;
        if (first) void make(making, head, query, deps.charger(socket, forwardedFor));
        return;
      }
      state.bytes = rest(state.bytes, head.length);
      write(socket, ready);
      if (!socket[STATE]) return;
    }
  }

  function onData(this: QuickSocket, chunk: Buffer) {
    const state = this[STATE];
    if (!state) return;
    state.bytes = state.bytes ? Buffer.concat([state.bytes, chunk]) : chunk;
    if (state.bytes.length > limits.headBytes * 2) return void this.destroy();
    if (state.waiting === 0) contain(this, () => next(this, state));
  }
  function onEnd(this: QuickSocket) {
    this.destroy();
  }
  function onClose(this: QuickSocket) {
    const making = this[STATE]?.making;
    if (making) shelf.leave(making, this);
    letGo(this);
  }
  function onError() {}

  return {
    get size() {
      return sockets.size;
    },
    take(socket: QuickSocket, bytes) {
      if (readQuickHead(bytes, limits).kind !== 'quick') return false;
      const state: State = {
        ...{ socket, fd: descriptor(socket), queued: socket.writableLength > 0 },
        bytes,
        waiting: 0,
        making: undefined,
        since: clock.now(),
        served: 0,
        before: undefined,
        proxy: deps.isProxy(socket),
      };
      socket[STATE] = state;
      sockets.add(socket);
      socket.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
      next(socket, state);
      return true;
    },
    sweep() {
      const now = clock.now();
      for (const socket of sockets) {
        const state = socket[STATE];
        if (!state || state.waiting > 0) continue;
        if (now - state.since > (state.bytes ? limits.headTimeout : limits.keepAlive)) socket.destroy();
      }
    },
    close() {
      closing = true;
    },
    closeIdle() {
      for (const socket of sockets) if (socket[STATE]?.waiting === 0) socket.end();
    },
  };
}
