import { networkOf } from '../../base/allowance.ts';
import { languageOf, type PageLanguage } from '../../base/negotiation.ts';
import { problem, type Reply } from '../../base/reply.ts';
import { calendar, feedAnswer, feedGuid, feedHeaders, openKeptFeeds } from '../../feeds/index.ts';
import { find, openPace, originOf } from '../../http/index.ts';
import type { Profile } from '../../social/index.ts';
import { isListed, isOver, type RoomCard } from '../../wire/room.ts';
import type { AroundRoomDeps, FeedDeps, Station } from '../deps.ts';
import { postFeed } from './post-feed.ts';
import { postFeedWords } from './post-words.ts';

/** Posts on a page of a feed. */
const MOST_POSTS = 50;
/** Rooms of one host that feeds and calendars have, the newest first. */
const MOST_ROOMS = 100;
/** How long a room that is over, or was called off, stays in a calendar, ms: programs take away what is gone. */
const OVER_MS = 90 * 86_400_000;
/** Doors ask here whose rooms somebody hosts; not in the table of addresses, so no stranger is led to it. */
const INNER = '/inner/hosts/';

/** There is nothing of which a feed was asked for. */
class NoFeed extends Error {}

/** Opens the feeds of posts, the calendars of hosts, and what doors ask about hosts. */
export function openFeedStation(deps: AroundRoomDeps, { posts, event, seed }: FeedDeps): Station {
  const { store, clock, publicUrl } = deps;
  const kept = openKeptFeeds(clock);
  // Kept apart: there are as many as there are posts, and nobody's newest feed is to make room for them.
  const keptOlder = openKeptFeeds(clock);
  const older = openPace(clock, 'older-posts', 60, 1_000);

  /** The rooms that somebody hosts and that lists may name. */
  async function roomsOf(account: string): Promise<RoomCard[]> {
    const rows = await store.db
      .selectFrom('room_member')
      .innerJoin('room', 'room.id', 'room_member.room')
      .select('room.slug')
      .where('room_member.account', '=', account)
      .where('room_member.role', 'in', ['host', 'co-host'])
      .where('room.removed', 'is', null)
      .orderBy('room.created', 'desc')
      .limit(MOST_ROOMS)
      .execute();
    const cards = await Promise.all(rows.map(({ slug }) => deps.cardOf(slug)));
    return cards.filter((card) => card !== undefined && isListed(card)) as RoomCard[];
  }

  const guidOf = ({ account }: Profile): string => feedGuid('host', account);

  async function personOf(handle: string | undefined): Promise<Profile> {
    const person = handle === undefined ? undefined : await posts.person(handle);
    if (!person) throw new NoFeed();
    return person;
  }

  async function calendarOf(base: string, path: string, handle: string, language: PageLanguage) {
    const person = await personOf(handle);
    const now = clock.wall();
    const at = ({ clocks }: RoomCard): number => clocks.ended ?? clocks.opened ?? clocks.scheduled ?? now;
    const cards = (await roomsOf(person.account)).filter(
      (card) => !isOver(card.status) || now - at(card) < OVER_MS,
    );
    const events = await Promise.all(cards.map(({ slug }) => event(slug, base)));
    const words = postFeedWords(language);
    const { name } = person;
    return calendar(
      events.filter((event) => event !== undefined),
      {
        ...{ name: words.rooms(name), about: words.roomsAbout(name), url: `${base}/@${handle}` },
        ...{ source: base + path, uid: guidOf(person) },
      },
    );
  }

  async function postsOf(
    base: string,
    path: string,
    asked: { handle?: string | undefined; before?: string | undefined },
    language: PageLanguage,
  ): Promise<string> {
    const found = await posts.publicPosts({ ...asked, limit: MOST_POSTS });
    if (!found) throw new NoFeed();
    const ids = feedGuid('server', `${seed} posts`);
    const guid = found.person ? feedGuid('host', `${found.person.account} posts`) : ids;
    return postFeed({ ...found, base, path, guid, ids, language, before: asked.before });
  }

  /** A feed or a calendar as the answer to a request; asking for pages of older posts has a pace. */
  async function made(request: Request): Promise<Reply> {
    const url = new URL(request.url);
    const path = url.pathname;
    const base = publicUrl?.replace(/\/+$/, '') ?? originOf(request);
    const language = languageOf(request.headers.get('accept-language') ?? undefined);
    const handle = /^\/@([^/]+)\//.exec(path)?.[1];
    const headers = Object.fromEntries(request.headers);
    if (path.endsWith('/rooms.ics')) {
      const one = await kept.get(`${base} ${path} ${language}`, () =>
        calendarOf(base, path, handle ?? '', language),
      );
      const type = 'text/calendar; charset=utf-8; method=PUBLISH';
      return feedAnswer(one, headers, feedHeaders(publicUrl, type, ', accept-language'));
    }
    const before = url.searchParams.get('before') ?? undefined;
    const wait = before && older.take(undefined, networkOf(headers['x-forwarded-for'] ?? ''));
    if (wait) return problem('too-often', undefined, { 'retry-after': String(wait) });
    const name = `${base} ${path} ${language} ${before ?? ''}`;
    const one = await (before === undefined ? kept : keptOlder).get(name, () =>
      postsOf(base, path, { handle, before }, language),
    );
    const type = 'application/atom+xml; charset=utf-8';
    return feedAnswer(one, headers, feedHeaders(publicUrl, type, ', accept-language'));
  }

  async function hostFor(handle: string): Promise<Response> {
    const person = await posts.person(handle);
    if (!person) return new Response(null, { status: 404 });
    const rooms = await roomsOf(person.account);
    return Response.json({ name: person.name, about: person.bio, guid: guidOf(person), rooms });
  }

  return {
    takes: (path) => path.startsWith(INNER) || find(path)?.address.id.startsWith('syndication-feed') === true,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith(INNER)) return hostFor(pathname.slice(INNER.length));
      const { status, headers, body } = await made(request).catch((error: unknown) => {
        if (error instanceof NoFeed) return problem('not-found');
        throw error;
      });
      return new Response(status === 304 ? null : (body as string | Uint8Array<ArrayBuffer>), {
        status,
        headers,
      });
    },
  };
}
