import type { Message } from '../wire/feed.ts';
import type { BusInlet, BusOutlet, Greeting, Subscriber } from './ends.ts';
import { hand } from './hand.ts';

/** Both ends in one process, for tests and small machines. Delivery is synchronous and in order. */
export function memoryBus(greeting: Greeting): {
  outlet: BusOutlet;
  subscribe(listener: Subscriber): BusInlet;
} {
  const listeners = new Set<Subscriber>();
  const upstream: ((message: Message) => void)[] = [];
  let open = true;
  return {
    outlet: {
      publish(message) {
        for (const listener of listeners) hand(listener, message);
      },
      onUpstream: (listen) => void upstream.push(listen),
      get subscribers() {
        return listeners.size;
      },
      async [Symbol.asyncDispose]() {
        open = false;
        for (const listener of listeners) listener.down?.();
        listeners.clear();
      },
    },
    subscribe(listener) {
      listeners.add(listener);
      listener.up?.();
      for (const message of greeting()) hand(listener, message);
      return {
        send(message) {
          if (open) for (const listen of upstream) listen(message);
        },
        get up() {
          return open && listeners.has(listener);
        },
        async [Symbol.asyncDispose]() {
          listeners.delete(listener);
        },
      };
    },
  };
}
