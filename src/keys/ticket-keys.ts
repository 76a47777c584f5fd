import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { ms } from '../base/time.ts';

/** A child asks its supervisor for the keys of TLS session tickets, and is told each change from then on. */
export interface TicketNotice {
  readonly notice: 'tickets';
}
/** The answer: the keys in base64. */
export interface TicketOrder {
  readonly order: 'tickets';
  readonly keys: string;
}

/** Name, HMAC and AES keys, as Node takes them. Spec: RFC 5077, 4. */
const BYTES = 48;
/** A key in use for longer would expose more if it leaked. */
const CHANGE_EVERY = ms(86_400_000);
/** A door that hears nothing for this long uses keys of its own: its tickets are valid at no other. */
const PATIENCE = ms(2_000);

/**
 * The keys by which all doors of one supervisor seal session tickets: made at random, in memory only, new every day.
 */
export interface TicketKeys extends Disposable {
  readonly order: TicketOrder;
}

/** Makes the keys; `changed` is called after each change. */
export function openTicketKeys(clock: Clock, changed: () => void): TicketKeys {
  const make = (): TicketOrder => ({ order: 'tickets', keys: randomBytes(BYTES).toString('base64') });
  let order = make();
  const timer = clock.every(CHANGE_EVERY, () => {
    order = make();
    changed();
  });
  return {
    get order() {
      return order;
    },
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}

/** The channel by which a child talks to its supervisor: `process`. */
export interface Parent {
  send?: ((notice: TicketNotice) => unknown) | undefined;
  on(event: 'message', hear: (message: unknown) => void): unknown;
}

/** The current keys, from the supervisor; keys of its own where there is none, or it does not answer. */
export async function askTicketKeys(clock: Clock, parent: Parent): Promise<() => Uint8Array> {
  let keys: Uint8Array = randomBytes(BYTES);
  if (!parent.send) return () => keys;
  const told = Promise.withResolvers<void>();
  parent.on('message', (message) => {
    const { order, keys: text } = message as Partial<TicketOrder>;
    if (order !== 'tickets' || typeof text !== 'string') return;
    const found = Buffer.from(text, 'base64');
    if (found.length === BYTES) keys = found;
    told.resolve();
  });
  parent.send({ notice: 'tickets' });
  using _timer = clock.after(PATIENCE, told.resolve);
  await told.promise;
  return () => keys;
}
