/**
 * Writing to listeners, and closing them. A listener who stops reading is closed by the first of three limits, all of
 * them in `../limits.ts`; everyone else notices nothing:
 *
 * - `backlog`: more unsent bytes wait than one listener may have. Looked at here, before each write.
 * - `stallWindow`: hardly anything was read for 15 s. Once a second (`../network/stalled-readers.ts`).
 * - `waitingBytes`: all listeners together have too much waiting. Once a second (`../network/waiting-bytes.ts`).
 *
 * Readers of files that stop reading meet the last two as well, with more patience.
 */
import type { Clock } from '../../base/clock.ts';
import { FRAGMENTS_PER_SEGMENT, ms } from '../../base/time.ts';
import type { Limits } from '../limits.ts';
import type { Counters, Departure } from '../metrics/counters.ts';
import type { Fault } from '../metrics/faults.ts';
import type { Batch } from '../socket/batched-write.ts';
import { waitingIn } from '../socket/direct-write.ts';
import { reset } from '../socket/reset.ts';
import type { TlsOffload } from '../socket/tls-offload.ts';
import type { TlsRecordSealer } from '../socket/tls-record-sealer.ts';
import type { ListenerRoster } from './roster.ts';
import type { StreamConnection } from './write-schedule.ts';

/** Dependencies of writing to listeners. */
export interface ListenerWritesDeps {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly batch: Batch;
  readonly fault: Fault;
  readonly roster: ListenerRoster;
  /** Offloads idle, write-only TLS connections; absent: they keep the whole connection. */
  readonly tlsOffload?: Pick<TlsOffload, 'offload' | 'fail'> | undefined;
}

/** What a door does to the connections of its listeners. */
export interface ListenerWrites {
  /** Writes, now or with the batch's next `flush`. Does not throw: a fault costs only that listener. */
  write(listener: StreamConnection, bytes: Buffer, newest: number): void;
  /** Ends a listener cleanly: everything written, then FIN. */
  finish(listener: StreamConnection, cause: Departure): void;
  /** Closes a listener at once. */
  drop(listener: StreamConnection, cause: Departure): void;
  /** A listener's connection has ended or closed. */
  gone(listener: StreamConnection): void;
}

/** How long an ended listener may take to close its side before it is destroyed. */
const FIN_WAIT = 2_000;

/** Opens the writing to listeners. */
export function openListenerWrites(deps: ListenerWritesDeps): ListenerWrites {
  const { clock, limits, counters, batch, roster, tlsOffload } = deps;

  /** A fault in writing to one listener costs only that one: it reconnects and says what it has. */
  function write(listener: StreamConnection, bytes: Buffer, newest: number) {
    try {
      writeTo(listener, bytes, newest);
    } catch (error) {
      deps.fault(error, `a write to a listener of ${listener.channel.slug}`);
      drop(listener, 'fault');
    }
  }
  function writeTo(listener: StreamConnection, bytes: Buffer, newest: number) {
    const waiting = waitingIn(listener);
    if (waiting > 0 && waiting + bytes.length > limits.backlog) return drop(listener, 'backlog');
    if (listener.tls === 'whole' && waiting === 0 && !offload(listener)) return;
    counters.writes += 1;
    counters.bytes += bytes.length;
    const { sealer } = listener;
    const sealed = sealer ? seal(listener, sealer, bytes) : bytes;
    if (!sealed) return;
    batch.put(listener, sealed);
    if (sealer?.spent) finish(listener, 'spent');
    else if (roster.draining && (newest + 1) % FRAGMENTS_PER_SEGMENT === 0) finish(listener, 'drained');
  }
  /** `bytes` as TLS records; undefined when that is no longer possible and the listener had to be closed. */
  function seal(listener: StreamConnection, sealer: TlsRecordSealer, bytes: Buffer): Uint8Array | undefined {
    try {
      return sealer.seal(bytes, batch.room);
    } catch (error) {
      return void unsealed(listener, error);
    }
  }
  function unsealed(listener: StreamConnection, error: unknown) {
    tlsOffload?.fail(error);
    deps.fault(error, 'a stream over TLS');
    drop(listener, 'tls-fault');
  }
  /** Offloads a listener's connection where possible; false when it had to be closed. */
  function offload(listener: StreamConnection): boolean {
    listener.tls = undefined;
    try {
      const sealer = tlsOffload?.offload(listener.connection);
      if (!sealer) return true;
      listener.offloaded(sealer);
      listener.socket.resume();
      counters.offloaded += 1;
    } catch (error) {
      unsealed(listener, error);
    }
    return listener.slot >= 0;
  }
  function finish(listener: StreamConnection, cause: Departure) {
    roster.leave(listener, cause);
    batch.flush();
    const { socket, sealer } = listener;
    try {
      if (sealer) socket.end(sealer.close());
      else socket.end();
    } catch (error) {
      tlsOffload?.fail(error);
      reset(socket);
    }
    clock.after(ms(FIN_WAIT), () => socket.destroy());
  }
  function drop(listener: StreamConnection, cause: Departure) {
    roster.leave(listener, cause);
    // Gathered writes use a descriptor number that this connection is about to release.
    batch.flush();
    // A reset frees at once what waits in the kernel for a reader that does not read.
    reset(listener.socket);
  }
  return {
    write,
    finish,
    drop,
    gone(listener) {
      roster.leave(listener, 'left');
      listener.socket.destroy();
    },
  };
}
