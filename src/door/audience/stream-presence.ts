import { FRAGMENT_MS } from '../../base/time.ts';
import { descriptorOf } from '../../native/node-internals.ts';
import type { SendQueueReader } from '../../native/tcp-info.ts';
import { waitingIn } from '../socket/direct-write.ts';
import type { StreamConnection } from '../stream/write-schedule.ts';
import type { ListeningSessions } from './sessions.ts';

/** Dependencies of stream presence. */
export interface StreamPresenceDeps {
  readonly sessions: ListeningSessions;
  /** What the kernel still holds for a peer; absent: only what waits in this process is known. */
  readonly sendQueue?: SendQueueReader;
}

/**
 * Computes what the listeners of streams have received: the fragments that were written to them, minus those that still
 * wait here or in the kernel. Nothing is counted per write, because a listener already knows which fragment it needs
 * next.
 */
export class StreamPresence {
  readonly #deps: StreamPresenceDeps;
  /** By row. */
  readonly #listeners: (StreamConnection | undefined)[] = [];
  /** By row: a second connection of the same playback. */
  readonly #twins = new Map<number, StreamConnection>();

  constructor(deps: StreamPresenceDeps) {
    this.#deps = deps;
  }

  /**
   * A listener hears a session from now on. If another connection does already, the sound of that no longer counts.
   * `missed`: see `ListeningSessions.begins`.
   */
  begin(row: number, listener: StreamConnection, missed = 0): void {
    const { sessions } = this.#deps;
    const before = this.#listeners[row];
    if (before) {
      this.look(row);
      before.session = sessions.replaced(row);
      if (before.session >= 0) {
        this.#listeners[before.session] = before;
        sessions.begins(before.session);
      }
    }
    this.#listeners[row] = listener;
    listener.session = row;
    sessions.open(row);
    sessions.begins(row, missed);
  }

  /** A second connection of a playback: it counts from when the first is gone. False when there is none to join. */
  join(row: number, listener: StreamConnection): boolean {
    if (!this.#listeners[row] || this.#twins.has(row)) return false;
    this.#twins.set(row, listener);
    listener.session = row;
    return true;
  }

  /** A listener leaves; to be called while its connection is still there, where it is. */
  end(listener: StreamConnection): void {
    const row = listener.session;
    if (row < 0) return;
    listener.session = -1;
    const twin = this.#twins.get(row);
    if (twin) this.#twins.delete(row);
    if (this.#listeners[row] !== listener) return;
    this.look(row);
    this.#listeners[row] = twin;
    // What it has received by now was the same sound.
    if (twin) twin.arrived = this.#arrived(twin);
    else this.#deps.sessions.close(row);
  }

  /** True while a stream is written to for a session. */
  streams(row: number): boolean {
    return this.#listeners[row] !== undefined;
  }

  /** Counts what a session's listener has received by now. */
  look(row: number): void {
    const listener = this.#listeners[row];
    if (!listener) return;
    this.#deps.sessions.present(row);
    const arrived = this.#arrived(listener);
    if (arrived <= listener.arrived) return;
    this.#deps.sessions.deliver(row, (arrived - listener.arrived) * FRAGMENT_MS);
    listener.arrived = arrived;
  }

  /** Fragments that a listener has acknowledged. */
  #arrived(listener: StreamConnection): number {
    return listener.next - listener.first - this.#held(listener);
  }

  /** Fragments that a listener was given and has not acknowledged. */
  #held(listener: StreamConnection): number {
    const { socket, channel } = listener;
    const fd = descriptorOf(socket);
    // Closed by its peer before it could be asked: the last write may not have arrived.
    if (fd < 0) return channel.perWrite;
    const bytes = waitingIn(listener) + (this.#deps.sendQueue?.(fd) ?? 0);
    return bytes === 0 ? 0 : Math.ceil(bytes / Math.max(1, channel.fragmentBytes));
  }
}
