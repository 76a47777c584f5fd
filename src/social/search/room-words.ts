import { isListed } from '../../wire/room.ts';
import type { SocialDeps } from '../social-deps.ts';
import type { WordIndex } from './word-index.ts';

/** Rooms whose words are remembered; beyond it they are written once more. */
const MOST_WRITTEN = 10_000;

/** Keeps the words of rooms: of their titles, hosts and addresses, as long as everybody may find them. */
export interface RoomWords {
  /** A room has changed, or is gone. */
  changed(slug: string): Promise<void>;
  /** Looks at all rooms that have no words yet: those from before there was an index. */
  catchUp(): Promise<void>;
}

/** Opens it. */
export function openRoomWords(
  deps: Pick<SocialDeps, 'store' | 'cardOf'> & { readonly words: WordIndex },
): RoomWords {
  const { store, words } = deps;
  /** What was written last: rooms change every few seconds, and their titles hardly ever. */
  const written = new Map<string, string>();
  const changed: RoomWords['changed'] = async (slug) => {
    const card = await deps.cardOf(slug);
    const isFound =
      card !== undefined && isListed(card) && card.status !== 'cancelled' && card.welcome !== true;
    const text = isFound ? `${card.title} ${card.hosts.join(' ')} ${slug}` : '';
    if (written.get(slug) === text) return;
    if (written.size > MOST_WRITTEN) written.clear();
    written.set(slug, text);
    await (text === '' ? words.remove('room', slug) : words.put('room', slug, text));
  };
  return {
    changed,
    async catchUp() {
      const known = await words.all('room');
      const rows = await store.db
        .selectFrom('room')
        .select('slug')
        .where('removed', 'is', null)
        .orderBy('created')
        .execute();
      for (const { slug } of rows) if (!known.has(slug)) await changed(slug);
    },
  };
}
