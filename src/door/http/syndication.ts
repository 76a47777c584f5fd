/** How programs of others find rooms: feeds. */
import type { PageLanguage } from '../../base/negotiation.ts';
import { feedGuid } from '../../feeds/index.ts';
import { type FeedSubject, feedRooms, roomAtom, roomFeed } from '../../pages/index.ts';
import { isListed, type RoomCard } from '../../wire/room.ts';
import type { DoorOrigin } from '../origin-port.ts';

/** What they need. */
export interface SyndicationDeps {
  readonly origin: Pick<DoorOrigin, 'card' | 'cards' | 'state' | 'recordedFiles'>;
  /** The address people use, where it is set. */
  readonly publicUrl?: string | undefined;
  /** How the asker has reached this server. */
  readonly spoken: { readonly scheme: string; readonly host: string };
}

/** Somebody who hosts rooms, as the site tells of them. */
export interface ToldHost {
  readonly name: string;
  /** What they say of themselves. */
  readonly about: string;
  /** The id of their feed. */
  readonly guid: string;
  /** Their rooms that lists may name, the newest first. */
  readonly rooms: readonly RoomCard[];
}

/** Which feed is asked for. */
export interface AskedFeed {
  readonly path: string;
  /** Of one room; empty: of another thing. */
  readonly slug: string;
  /** Of one host. */
  readonly host?: ToldHost | undefined;
  readonly head: string | undefined;
  readonly language: PageLanguage;
  /** What never changes of this installation; default: nothing is known of it. */
  readonly seed?: string | undefined;
  /** Wall-clock ms. */
  readonly now: number;
}

/** The address of this server, absolute; undefined for a program that names no host (HTTP/1.0) where none is set. */
export function baseOf({
  publicUrl,
  spoken,
}: Pick<SyndicationDeps, 'publicUrl' | 'spoken'>): string | undefined {
  if (publicUrl !== undefined) return publicUrl.replace(/\/+$/, '');
  return spoken.host === '' ? undefined : `${spoken.scheme}://${spoken.host}`;
}

const ATOM = 'application/atom+xml';
/** The media type of a feed by its address. */
export const feedType = (path: string): string => (path.endsWith('.atom') ? ATOM : 'application/rss+xml');

/** Whose feed it is, and its id; undefined where there is no such room, or it is nobody else's business. */
function subjectOf(
  { origin }: SyndicationDeps,
  { slug, host, path, seed = '' }: AskedFeed,
): { readonly of: FeedSubject; readonly guid: string } | undefined {
  if (host) {
    const { name, about, guid } = host;
    return { of: { kind: 'host', name, about, path: path.slice(0, path.lastIndexOf('/')) }, guid };
  }
  if (slug === '') return { of: { kind: 'server' }, guid: feedGuid('server', seed) };
  const card = origin.card(slug);
  if (!card || card.access === 'private') return undefined;
  return { of: { kind: 'room', card }, guid: feedGuid('room', card.id ?? card.slug) };
}

/** The rooms of a host as the door knows them; of the older ones, which it may not remember, as the site has told of them. */
const roomsOf = ({ origin }: SyndicationDeps, { rooms }: ToldHost): RoomCard[] =>
  rooms.map((told) => origin.card(told.slug) ?? told);

/** The feed of the server, of one room or of one host; undefined where there is none. */
export async function feedText(deps: SyndicationDeps, asked: AskedFeed): Promise<string | undefined> {
  const { origin } = deps;
  const base = baseOf(deps);
  const subject = subjectOf(deps, asked);
  if (base === undefined || !subject) return undefined;
  const { of } = subject;
  const all = of.kind === 'room' ? [of.card] : asked.host ? roomsOf(deps, asked.host) : origin.cards();
  const rooms = feedRooms(of.kind === 'room' ? all : all.filter(isListed), asked.now);
  const ended = rooms.filter(({ status }) => status === 'ended');
  const files = (await origin.recordedFiles?.(ended)) ?? new Map();
  const { path, head, language, now } = asked;
  const write = feedType(path) === ATOM ? roomAtom : roomFeed;
  return write({
    ...{ ...subject, base, path, head, language, now, rooms, files },
    state: (one: string) => origin.state(one),
  });
}
