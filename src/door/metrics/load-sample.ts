import type { Clock } from '../../base/clock.ts';
import type { Connection } from '../socket/connection.ts';
import type { Counters } from './counters.ts';

/**
 * Cap on the reported accept-queue wait, in ms, so that a connection flood alone cannot raise the level several steps
 * at once.
 */
export const MOST_ACCEPTING_MS = 600;

/** The load signals of this door since they were last read. */
export interface DoorStrain {
  /**
   * How late slots of the write period were served: p99, ms; or how long connections waited in the accept queue, if
   * that is more.
   */
  readonly wait: number;
  /** Streams with unsent bytes now; file readers are not counted, because they always have some. */
  readonly unsent: number;
  /** Connections now. */
  readonly connections: number;
  /**
   * Bytes per second handed to sockets: streams, and files from shared buffers; pages and downloads are not counted.
   */
  readonly egress: number;
  /** Streams begun per second. */
  readonly joins: number;
}

/** Opens the sampling: each call of the result covers the time since the previous one. For one caller only. */
export function openStrain(deps: {
  clock: Clock;
  counters: Counters;
  connections: ReadonlySet<Pick<Connection, 'socket' | 'streaming'>>;
  /** The longest wait of connections since the last call, ms. */
  accepting(): number;
}): () => DoorStrain {
  const { clock, counters, connections, accepting } = deps;
  let at: number = clock.now();
  let bytes = counters.bytes + counters.fileBytes;
  let { joins } = counters;
  return () => {
    const now = clock.now();
    const seconds = Math.max(0.1, (now - at) / 1000);
    let unsent = 0;
    for (const { socket, streaming } of connections) if (socket.writableLength > 0 && streaming) unsent += 1;
    const strain = {
      wait: Math.max(counters.lateness.take(), Math.min(MOST_ACCEPTING_MS, accepting())),
      unsent,
      connections: connections.size,
      egress: (counters.bytes + counters.fileBytes - bytes) / seconds,
      joins: (counters.joins - joins) / seconds,
    };
    at = now;
    bytes = counters.bytes + counters.fileBytes;
    ({ joins } = counters);
    return strain;
  };
}
