/** Where a listener's sound and news come from, by what the room says about its delivery. */

import { type Delivery, needsTicket } from '../../src/wire/delivery.ts';
import { roomAt } from '../kit/room-name.ts';

/** How often pages read the room's state if it does not say, ms. */
const USUAL_POLL_MS = 1_000;

/** The caches that a newcomer fetches segments from, while not everyone is let in to the live edge. */
export const cachesOf = ({ newcomers, caches, ring }: Delivery) =>
  newcomers !== 'live' && caches?.length ? { caches, delay: ring } : undefined;

/** True while everyone may go to the live edge. */
export const free = (delivery: Delivery): boolean => delivery.newcomers === 'live' && !needsTicket(delivery);

/** How long a page waits before it reads the room's state again, ms. */
export const paceOf = ({ poll }: Delivery): number => poll || USUAL_POLL_MS;

/**
 * Where the room's state is read: at the caches that the sound comes from, at the next one after each failure, and at
 * the door after all of them or without caches. `first` is this listener's own cache.
 */
export function stateAt(
  slug: string,
  caches: readonly string[] | undefined,
  { first, failures }: { readonly first: number; readonly failures: number },
): string {
  const base = caches && failures < caches.length ? caches[(first + failures) % caches.length] : '';
  return `${base}${roomAt(slug)}/state.json`;
}
