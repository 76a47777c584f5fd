import type { Selectable } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { NotificationTable, Store } from '../../store/index.ts';
import type { RoomCard } from '../../wire/room.ts';
import type { HostRooms } from '../people/host-rooms.ts';
import type { PersonCard, Profiles } from '../people/profiles.ts';
import type { Post } from '../posts/post.ts';
import type { PostReader } from '../posts/post-reader.ts';
import { KEPT_MS, MOST_COUNTED, type NotificationKind, type RoomEventKind } from './notification.ts';
import type { OwnEvent, OwnEvents, ToldInvitation } from './own-events.ts';
import type { FollowedRooms } from './room-events.ts';
import type { SettingsBook } from './settings.ts';
import { behindRow, toldRows } from './told-rows.ts';

/** People that one notification names; the others are counted. */
const NAMED = 3;

/** A room that everybody may find. */
const isTold = (card: RoomCard | undefined): boolean => card !== undefined && card.access === undefined;

/** One notification as somebody reads it. */
export interface Notified {
  readonly kind: NotificationKind;
  /** Where a list goes on after it, with its instant. */
  readonly key: string;
  /** Wall-clock ms, of the newest behind it. */
  readonly at: number;
  /** It came after the last look. */
  readonly isNew: boolean;
  /** Who is behind it, the newest first, as far as they are named. */
  readonly people: readonly PersonCard[];
  /** How many are behind it: people, or posts of one person. */
  readonly count: number;
  readonly post?: Post;
  readonly room?: { readonly card: RoomCard; readonly what: RoomEventKind };
  readonly invitation?: ToldInvitation;
}

/** Notifications of an account. */
export interface Notifications {
  /** Those below `before`, the newest first, and where the next page begins. */
  page(
    account: string,
    limit: number,
    before?: { readonly at: number; readonly key: string },
  ): Promise<{
    readonly list: readonly Notified[];
    readonly next?: { readonly at: number; readonly key: string };
    /** Of the newest of this page, also where it is not told any more. */
    readonly newest?: number;
  }>;
  /** How many came after the last look, and after `since`, counted as far as `MOST_COUNTED`. */
  unseen(account: string, since?: number): Promise<number>;
}

/** A row before it is told in full. */
type Found =
  | { readonly at: number; readonly key: string; readonly row: Selectable<NotificationTable> }
  | { readonly at: number; readonly key: string; readonly slug: string; readonly what: RoomEventKind }
  | OwnEvent;

/** Opens them. */
export function openNotifications(deps: {
  readonly store: Store;
  readonly clock: Clock;
  readonly reader: PostReader;
  readonly profiles: Profiles;
  readonly rooms: HostRooms;
  readonly events: FollowedRooms;
  readonly own: OwnEvents;
  readonly settings: SettingsBook;
}): Notifications {
  const { clock, reader, profiles, rooms, events, own, settings } = deps;
  const { db } = deps.store;

  async function told(account: string, found: readonly Found[], seen: number): Promise<Notified[]> {
    const keys = found.flatMap((one) => ('row' in one && one.row.post !== null ? [one.row.post] : []));
    const posts = new Map((await reader.read(keys, account)).map((post) => [post.key, post]));
    const cards = await rooms.cards(found.flatMap((one) => ('slug' in one ? [one.slug] : [])));
    const list: Notified[] = [];
    for (const one of found) {
      const base = { at: one.at, key: one.key, isNew: one.at > seen };
      if ('kind' in one) {
        const { kind } = one;
        if (kind === 'report') list.push({ ...base, kind, people: [], count: one.count });
        else list.push({ ...base, kind, people: [], count: 1, invitation: one.invitation });
        continue;
      }
      if ('slug' in one) {
        const card = cards.get(one.slug);
        if (card && isTold(card))
          list.push({ ...base, kind: 'room', people: [], count: 1, room: { card, what: one.what } });
        continue;
      }
      const { row } = one;
      const post = row.post === null ? undefined : posts.get(row.post);
      if (row.post !== null && !post?.content) continue;
      const kind = row.kind as NotificationKind;
      if (row.actor !== null) {
        if (post?.author) list.push({ ...base, kind, people: [post.author], count: 1 + row.more, post });
        continue;
      }
      const own = kind === 'like' ? post?.mine?.liked : post?.mine?.reposted;
      const all = (kind === 'like' ? post?.counts.likes : post?.counts.reposts) ?? 0;
      const { ids, count } = await behindRow(db, account, row, {
        ...{ named: NAMED, counted: all - (own ? 1 : 0), now: clock.wall() },
      });
      if (count <= 0) continue;
      const people = await profiles.cards(ids);
      const named = ids.flatMap((id) => people.get(id) ?? []);
      list.push({ ...base, kind, people: named, count, ...(post ? { post } : {}) });
    }
    return list;
  }

  return {
    async page(account, limit, before) {
      const { off, seen } = await settings.of(account);
      const from = clock.wall() - KEPT_MS;
      const until = before?.at ?? clock.wall();
      // One more than a page, and what is of the same instant as the last of the page before.
      const wanted = limit + 10;
      const rows = await toldRows(db, account, { off, above: from, now: clock.wall() })
        .selectAll('notification')
        .where('notification.at', '<=', until)
        .orderBy('notification.at', 'desc')
        .limit(wanted)
        .execute();
      const ofRooms = off.includes('room') ? [] : await events.of(account, from, until, wanted);
      const all: Found[] = [
        ...rows.map((row) => ({ at: row.at, key: `${row.kind}.${row.about}`, row })),
        ...ofRooms.map(({ slug, what, at }) => ({ at, key: `room.${what}.${slug}`, slug, what })),
        ...(await own.of(account, from, until, off)),
      ];
      const below = all
        .filter(
          ({ at, key }) => before === undefined || at < before.at || (at === before.at && key < before.key),
        )
        .toSorted((a, b) => b.at - a.at || (a.key < b.key ? 1 : -1));
      const here = below.slice(0, limit);
      const last = here.at(-1);
      const [first] = here;
      return {
        list: await told(account, here, seen),
        ...(first ? { newest: first.at } : {}),
        ...(last && below.length > limit ? { next: { at: last.at, key: last.key } } : {}),
      };
    },
    async unseen(account, since = 0) {
      const { off, seen } = await settings.of(account);
      const above = Math.max(seen, since, clock.wall() - KEPT_MS);
      const rows = await toldRows(db, account, { off, above, now: clock.wall() })
        .select('kind')
        .limit(MOST_COUNTED)
        .execute();
      const ofRooms = off.includes('room')
        ? []
        : await events.of(account, above, clock.wall(), MOST_COUNTED - rows.length);
      const cards = ofRooms.length === 0 ? undefined : await rooms.cards(ofRooms.map(({ slug }) => slug));
      const shown = ofRooms.filter(({ slug }) => isTold(cards?.get(slug)));
      const ofOwn = await own.of(account, above, clock.wall(), off);
      return Math.min(rows.length + shown.length + ofOwn.length, MOST_COUNTED);
    },
  };
}
