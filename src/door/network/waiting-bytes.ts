import type { Socket } from 'node:net';
import { heldByHandle } from '../../native/node-internals.ts';
import type { Connection } from '../socket/connection.ts';
import { waterLevel } from './fair-share.ts';

/** Dependencies of the limit. */
export interface WaitingBytesDeps {
  readonly limits: {
    /** Bytes that may wait in this process for all readers together. */
    readonly waitingBytes: number;
    /** Bytes that may wait for one reader. */
    readonly backlog: number;
  };
}

/** A connection, as far as it is counted here. */
type Reader = Pick<Connection, 'socket' | 'readerNetwork'>;

/** Limits the total that waits in memory for readers who do not read. */
export interface WaitingBytes {
  /**
   * Counts, and reports the readers to be closed. Call about once a second; in between, the total may be exceeded by
   * what is sent in a second. Connections from this machine count as one network.
   */
  sweep<R extends Reader>(readers: Iterable<R>, drop: (reader: R) => void): void;
  /** Bytes that were waiting at the last check. */
  readonly total: number;
}

/**
 * Encrypted bytes that OpenSSL holds: those of the socket's own queue, and its own answers, whether anybody reads
 * them or not.
 */
const sealedFor = (socket: Socket): number => ('encrypted' in socket ? heldByHandle(socket) : 0);

/**
 * Opens the limit. Beyond the total each network keeps at most its max-min share: in networks with more, the readers
 * with the most waiting bytes are closed, which are the slowest. Nobody else notices.
 */
export function openWaitingBytes({ limits }: WaitingBytesDeps): WaitingBytes {
  let total = 0;
  return {
    get total() {
      return total;
    },
    sweep<R extends Reader>(all: Iterable<R>, drop: (reader: R) => void) {
      total = 0;
      const readers: { readonly reader: R; readonly bytes: number }[] = [];
      const closed: R[] = [];
      for (const reader of all) {
        const { socket } = reader;
        if (socket.destroyed) continue;
        const sealed = sealedFor(socket);
        const bytes = Math.max(socket.writableLength, sealed);
        if (bytes === 0) continue;
        total += bytes;
        // Streams are checked against this at each write; what OpenSSL queues by itself, and files, are not.
        if (sealed - socket.writableLength > limits.backlog) closed.push(reader);
        else readers.push({ reader, bytes });
      }
      if (total > limits.waitingBytes) {
        const networks = Map.groupBy(readers, ({ reader }) => reader.readerNetwork);
        const sums = [...networks.values()].map((those) => those.reduce((sum, { bytes }) => sum + bytes, 0));
        const level = waterLevel(Float64Array.from(sums), limits.waitingBytes);
        for (const [at, those] of [...networks.values()].entries()) {
          let left = sums[at] ?? 0;
          for (const { reader, bytes } of those.toSorted((a, b) => b.bytes - a.bytes)) {
            if (left <= level) break;
            closed.push(reader);
            left -= bytes;
          }
        }
      }
      for (const reader of closed) drop(reader);
    },
  };
}
