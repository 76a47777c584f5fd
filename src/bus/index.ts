/** The bus: one process publishes, many subscribe; a subscriber that comes late is greeted with what it must know. */
import type { Message } from '../wire/feed.ts';

/** The publishing end. */
export interface Outlet extends AsyncDisposable {
  /** Hands a message to every subscriber. A subscriber more than 32 MB behind is cut off and comes back greeted. */
  publish(message: Message): void;
  /** Messages that subscribers send upstream. */
  onUpstream(listen: (message: Message) => void): void;
  /** How many subscribers are connected. */
  readonly subscribers: number;
}

/** The subscribing end; reconnects by itself (100 ms, doubling to 1 s). */
export interface Inlet extends AsyncDisposable {
  /** Sends upstream; dropped while the publisher is away, so send absolute values, repeatedly. */
  send(message: Message): void;
  /** True while the publisher is reachable. */
  readonly up: boolean;
}

/** What a subscriber does with what it hears. */
export interface Listener {
  message(message: Message): void;
  /** `message` threw: that one is lost, and the next is handed over all the same. */
  failed?(error: unknown, message: Message): void;
  /** Connected; the greeting follows. */
  up?(): void;
  /** The publisher is gone. */
  down?(): void;
}

/** Makes the greeting for a new subscriber. */
export type Greeting = () => Iterable<Message>;

export { memoryBus } from './memory.ts';
export { listenSocket, subscribeSocket } from './socket.ts';
