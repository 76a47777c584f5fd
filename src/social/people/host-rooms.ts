import { isListed, isOver, type RoomCard } from '../../wire/room.ts';
import type { SocialDeps } from '../social-deps.ts';

/** Rooms of one host that are shown. */
const MOST_ROOMS = 30;

/** The rooms that somebody hosts, as everybody may see them. */
export interface HostRooms {
  /** What runs and comes, the next first; and what is over, the last first. */
  of(account: string): Promise<{ readonly coming: readonly RoomCard[]; readonly past: readonly RoomCard[] }>;
  /** Cards of rooms by their slugs; private rooms are left out. */
  cards(slugs: Iterable<string>): Promise<ReadonlyMap<string, RoomCard>>;
}

/** Opens them. */
export function openHostRooms({ store, cardOf }: Pick<SocialDeps, 'store' | 'cardOf'>): HostRooms {
  const { db } = store;
  const cards: HostRooms['cards'] = async (slugs) => {
    const found = await Promise.all([...new Set(slugs)].map((slug) => cardOf(slug)));
    return new Map(
      found.flatMap((card) => (card && card.access !== 'private' ? [[card.slug, card] as const] : [])),
    );
  };
  return {
    cards,
    async of(account) {
      const rows = await db
        .selectFrom('room_member')
        .innerJoin('room', 'room.id', 'room_member.room')
        .select('room.slug')
        .where('room_member.account', '=', account)
        .where('room_member.role', 'in', ['host', 'co-host'])
        .where('room.removed', 'is', null)
        .orderBy('room.created', 'desc')
        .limit(MOST_ROOMS)
        .execute();
      const all = [...(await cards(rows.map(({ slug }) => slug))).values()].filter(isListed);
      const start = ({ clocks }: RoomCard): number => clocks.opened ?? clocks.scheduled ?? 0;
      return {
        coming: all.filter(({ status }) => !isOver(status)).toSorted((a, b) => start(a) - start(b)),
        past: all
          .filter(({ status }) => status === 'ended')
          .toSorted((a, b) => (b.clocks.ended ?? 0) - (a.clocks.ended ?? 0)),
      };
    },
  };
}
