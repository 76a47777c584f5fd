/** Which way a listener's sound and news take, from what the room says of its delivery. */
import type { Delivery } from '../../src/wire/delivery.ts';

/** Pages read the room's state this often where it does not say how often, ms. */
const USUAL_POLL_MS = 1_000;

/** Where somebody who comes now takes segments from, when not everyone is let in to the live edge. */
export const cachesOf = ({ newcomers, caches, ring }: Delivery) =>
  newcomers !== 'live' && caches?.length ? { caches, delay: ring } : undefined;

/** True while the live edge is reached by a ticket: the free places of a cap are for those who wait. */
export const queues = ({ newcomers, cap }: Delivery): boolean =>
  newcomers === 'live' ? cap !== undefined : newcomers !== 'cache';

/** True while whoever wants to can go to the live edge. */
export const free = (delivery: Delivery): boolean => delivery.newcomers === 'live' && !queues(delivery);

/** The ms until a page reads the room's state again. */
export const paceOf = ({ poll }: Delivery): number => poll || USUAL_POLL_MS;

/**
 * Where the room's state is read: at the caches that the sound comes from, the next one after each failure, and at the door
 * after all of them; at the door without caches. `first` is this listener's own.
 */
export function stateAt(
  slug: string,
  caches: readonly string[] | undefined,
  { first, failures }: { readonly first: number; readonly failures: number },
): string {
  const base = caches && failures < caches.length ? caches[(first + failures) % caches.length] : '';
  return `${base}/r/${slug}/state.json`;
}
