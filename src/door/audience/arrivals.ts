import type { Socket } from 'node:net';
import { descriptorOf } from '../../native/node-internals.ts';
import type { SendQueueReader } from '../../native/tcp-info.ts';

/** Sockets that are watched at a time; beyond it what was written counts as arrived. */
const MOST_WATCHED = 16_384;

/**
 * What a peer has acknowledged. Bytes that were written are with the kernel, which may hold megabytes of them for a peer
 * that never reads.
 */
export class Arrivals {
  readonly #sendQueue: SendQueueReader | undefined;
  readonly #watched = new Map<() => void, Socket>();

  constructor(sendQueue?: SendQueueReader) {
    this.#sendQueue = sendQueue;
  }

  /** Bytes of a socket that have arrived; undefined when it is closed. Where the kernel does not say, what was written. */
  of(socket: Socket): number | undefined {
    const fd = descriptorOf(socket);
    if (fd < 0 || socket.destroyed) return undefined;
    return socket.bytesWritten - socket.writableLength - (this.#sendQueue?.(fd) ?? 0);
  }

  /** True when nothing is under way. */
  isIdle(socket: Socket): boolean {
    const arrived = this.of(socket);
    return arrived !== undefined && arrived >= socket.bytesWritten;
  }

  /**
   * Tells `look` how much has arrived: now, about once a second, and when the peer ends; until it returns true, or the
   * socket is closed. Then `done` is called.
   */
  watch(socket: Socket, look: (arrived: number) => boolean, done: () => void = () => {}): void {
    const see = (): void => {
      const arrived = this.of(socket);
      if (arrived !== undefined && !look(arrived)) return;
      if (!this.#watched.delete(see)) return;
      socket.off('end', see).off('close', see);
      done();
    };
    if (this.#watched.size >= MOST_WATCHED) {
      look(socket.bytesWritten);
      done();
      return;
    }
    this.#watched.set(see, socket);
    socket.on('end', see).on('close', see);
    see();
  }

  /** Looks at all that is watched; call about once a second. */
  sweep(): void {
    for (const see of [...this.#watched.keys()]) see();
  }
}
