import type { Socket } from 'node:net';
import type { Ms } from '../../base/time.ts';
import { descriptorOf } from '../../native/node-internals.ts';
import type { TcpInfoReader } from '../../native/tcp-info.ts';
import type { Limits } from '../limits.ts';
import type { Connection } from '../socket/connection.ts';
import { waterLevel } from './fair-share.ts';

/** Dependencies of the watch. */
export interface StalledReadersDeps {
  readonly limits: Pick<
    Limits,
    | 'stallWindow'
    | 'stallBytes'
    | 'pauseMost'
    | 'deadAfter'
    | 'slowReaders'
    | 'slowReadersPerNetwork'
    | 'slowBytes'
  >;
  /** What the kernel knows about a peer; absent: only what it accepts from us is known. */
  readonly tcpInfo?: TcpInfoReader;
}

/** A connection, as far as the watch looks at it. */
type Reader = Pick<Connection, 'socket' | 'streaming' | 'readerNetwork'>;

/** Finds readers that read hardly anything while bytes wait for them: Node itself never closes those. */
export interface StalledReaders {
  /**
   * Checks every connection and reports those to be closed. An endless stream is closed when it falls behind; a network
   * that is not known, such as this machine, only counts in the totals. Call about once a second.
   */
  sweep<R extends Reader>(now: Ms, readers: Iterable<R>, stalled: (reader: R) => void): void;
}

/** A socket for which bytes wait, of which the kernel accepted few within the window. */
interface Suspect {
  since: number;
  taken: number;
  /** For a file: since when the kernel is asked about it. */
  asked?: Asked;
}
interface Asked {
  acknowledged: number;
  /** When the peer last acknowledged more. */
  progress: number;
  /** The pace is measured from here on. */
  from: number;
  fromBytes: number;
  /** Below the pace for a whole window, since then. */
  slow?: number;
}
interface Slow {
  readonly reader: Reader;
  readonly since: number;
  readonly held: number;
}

/** How many probes in a row a peer may leave unanswered before it counts as dead. */
const UNANSWERED = 3;

/** Bytes the kernel has accepted from a socket so far. */
const taken = (socket: Socket): number => socket.bytesWritten - socket.writableLength;

/**
 * Opens the watch. The kernel accepts data in lumps of a third of a large send buffer, a minute apart for a player
 * that reads a recording at its own pace. So for files the kernel is asked whether the peer *acknowledges* what is
 * waiting. As long as it does, however slowly, or has paused and still answers the kernel's probes, it may stay,
 * within the limits for all slow readers. Spec: RFC 9293, 3.8.6.1 (zero-window probing).
 */
export function openStalledReaders(deps: StalledReadersDeps): StalledReaders {
  const { limits, tcpInfo } = deps;
  /** By socket: a stream that is offloaded goes on with another one, whose bytes are counted anew. */
  let suspects = new Map<Socket, Suspect>();

  /** Whether a file reader is to be closed now; if it is slow, what it holds is added to `slow`. */
  function gone(reader: Reader, suspect: Suspect, now: number, slow: Slow[]): boolean {
    const { socket } = reader;
    // Also under TLS, because it is only asked about.
    const info = tcpInfo?.(descriptorOf(socket));
    const acknowledged = info?.acknowledged ?? taken(socket);
    suspect.asked ??= { acknowledged, progress: now, from: now, fromBytes: acknowledged };
    const { asked } = suspect;
    if (acknowledged > asked.acknowledged) asked.progress = now;
    asked.acknowledged = acknowledged;
    if (info && info.unanswered >= UNANSWERED && info.silent >= limits.deadAfter) return true;
    if (now - asked.progress >= limits.pauseMost) return true;
    if (now - asked.from >= limits.stallWindow) {
      if (acknowledged - asked.fromBytes >= limits.stallBytes) delete asked.slow;
      else asked.slow ??= asked.from;
      asked.from = now;
      asked.fromBytes = acknowledged;
    }
    if (asked.slow !== undefined)
      slow.push({ reader, since: asked.slow, held: socket.writableLength + (info?.held ?? 0) });
    return false;
  }

  /** The readers over the limits, per network and in all: those slow for longest, of the networks with most. */
  function tooMany(slow: readonly Slow[]): Reader[] {
    const networks = Map.groupBy(
      slow.toSorted((a, b) => a.since - b.since),
      ({ reader }) => reader.readerNetwork,
    );
    const surplus = (most: (network: string | undefined) => number): Slow[] =>
      [...networks].flatMap(([network, those]) => those.slice(0, Math.max(0, those.length - most(network))));
    const closed = new Set(
      surplus((network) => (network === undefined ? slow.length : limits.slowReadersPerNetwork)),
    );
    const left = slow.filter((one) => !closed.has(one));
    const held = left.reduce((sum, one) => sum + one.held, 0);
    const most = Math.min(
      limits.slowReaders,
      Math.floor((left.length * limits.slowBytes) / Math.max(held, 1)),
    );
    if (left.length > most) {
      const counts = Uint32Array.from(networks.values(), (those) => those.length);
      const level = Math.floor(waterLevel(counts, most));
      for (const one of surplus(() => level)) closed.add(one);
    }
    return [...closed].map(({ reader }) => reader);
  }

  return {
    sweep<R extends Reader>(now: Ms, readers: Iterable<R>, stalled: (reader: R) => void) {
      const still = new Map<Socket, Suspect>();
      const slow: Slow[] = [];
      for (const reader of readers) {
        const { socket } = reader;
        if (socket.writableLength === 0 || socket.destroyed) continue;
        const suspect = suspects.get(socket) ?? { since: now, taken: taken(socket) };
        if (now - suspect.since < limits.stallWindow) still.set(socket, suspect);
        else if (taken(socket) - suspect.taken >= limits.stallBytes && !suspect.asked?.slow)
          still.set(socket, { since: now, taken: taken(socket) });
        else if (reader.streaming || gone(reader, suspect, now, slow)) stalled(reader);
        else still.set(socket, suspect);
      }
      suspects = still;
      for (const reader of tooMany(slow)) {
        suspects.delete(reader.socket);
        stalled(reader as R);
      }
    },
  };
}
