/** Impressions of the rooms' cards on the home page. */
import { myRooms } from '../kit/my-rooms.ts';
import { openEventBatches } from './event-batches.ts';
import { openCardWatch } from './impressions.ts';
import { asksForPrivacy, randomKey } from './random-key.ts';

/**
 * Watches the cards of a list, by the addresses of their rooms, from now on. Not counted are cards of rooms that this
 * device has a studio link for, all cards when the operator looks (`staff`), and browsers that ask for privacy.
 */
export function openCardImpressions(staff: () => boolean): (cards: ReadonlyMap<string, Element>) => void {
  if (asksForPrivacy()) return () => {};
  const watch = openCardWatch((slug) => {
    if (staff() || myRooms().some((room) => room.slug === slug)) return;
    openEventBatches(slug, () => undefined).add(['impression', randomKey()]);
  });
  return (cards) => {
    for (const [slug, card] of cards) watch.watch(slug, card);
    watch.sweep();
  };
}
