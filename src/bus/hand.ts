import type { Message } from '../wire/feed.ts';
import type { Subscriber } from './ends.ts';

/**
 * Delivers one message. An exception in the listener must not cost the connection: after a reconnect the greeting would
 * cause the same exception again.
 */
export function hand(listener: Subscriber, message: Message): void {
  try {
    listener.message(message);
  } catch (error) {
    listener.failed?.(error, message);
  }
}
