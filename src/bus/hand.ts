import type { Message } from '../wire/feed.ts';
import type { Listener } from './index.ts';

/** Hands over one message. A mistake in taking it must not cost the connection: the greeting would repeat it for ever. */
export function hand(listener: Listener, message: Message): void {
  try {
    listener.message(message);
  } catch (error) {
    listener.failed?.(error, message);
  }
}
