/** The two ends of the bus. */
import type { Message } from '../wire/feed.ts';

/** The publishing end. */
export interface BusOutlet extends AsyncDisposable {
  /**
   * Sends a message to every subscriber. A subscriber that is more than 32 MB behind is disconnected; it reconnects and
   * gets a new greeting.
   */
  publish(message: Message): void;
  /** Registers a callback for messages that subscribers send upstream. */
  onUpstream(listen: (message: Message) => void): void;
  /** How many subscribers are connected. */
  readonly subscribers: number;
}

/** The subscribing end. It reconnects by itself (after 100 ms, doubling to 1 s). */
export interface BusInlet extends AsyncDisposable {
  /** Sends upstream. The message is dropped while the publisher is away, so send absolute values, repeatedly. */
  send(message: Message): void;
  /** True while the publisher is reachable. */
  readonly up: boolean;
}

/** Callbacks of a subscriber. */
export interface Subscriber {
  message(message: Message): void;
  /** Called when `message` threw. That message is lost; the next one is delivered all the same. */
  failed?(error: unknown, message: Message): void;
  /** Connected; the greeting follows. */
  up?(): void;
  /** The publisher is away. */
  down?(): void;
}

/** Creates the greeting for a new subscriber. */
export type Greeting = () => Iterable<Message>;
