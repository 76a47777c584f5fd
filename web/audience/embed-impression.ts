/** The impression of a player inside a page of another site. */
import { myRooms } from '../kit/my-rooms.ts';
import { openEventBatches } from './event-batches.ts';
import { openCardWatch } from './impressions.ts';
import { asksForPrivacy, randomKey } from './random-key.ts';

/**
 * Tells once that half of the player was seen for a second. The browser measures it against the window, through all
 * frames around it. Whoever has a studio link to the room does not count, where the browser shows it to a framed page.
 */
export function openEmbedImpression(slug: string, player: Element): void {
  if (asksForPrivacy()) return;
  const watch = openCardWatch(() => {
    if (myRooms().some((room) => room.slug === slug)) return;
    openEventBatches(slug, () => undefined).add(['embed-impression', randomKey()]);
  });
  watch.watch(slug, player);
}
