/** Impressions of the rooms' cards on the home page. */
import { myRooms } from '../kit/my-rooms.ts';
import { asksForPrivacy, openEventBatches, randomKey } from './event-batches.ts';
import { openCardWatch } from './impressions.ts';

/**
 * Watches the cards that a list shows from now on, by their rooms' addresses. Cards of rooms that this device has a
 * studio link to, and all cards for the operator (`staff`), do not count; nor does a browser that asks for privacy.
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
