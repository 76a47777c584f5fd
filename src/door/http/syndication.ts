/** How programs of others find rooms: feeds, and what another site has to know to show a player. */
import type { PageLanguage } from '../../base/negotiation.ts';
import { problem, type Reply } from '../../base/reply.ts';
import { canonical, find } from '../../http/index.ts';
import { clipOembed, feedRooms, oembed, roomFeed } from '../../pages/index.ts';
import { isListed } from '../../wire/room.ts';
import type { DoorOrigin } from '../origin-port.ts';

/** What both need. */
export interface SyndicationDeps {
  readonly origin: Pick<DoorOrigin, 'card' | 'cards' | 'state' | 'recordedFiles' | 'clip'>;
  /** The address people use, where it is set. */
  readonly publicUrl?: string | undefined;
  /** How the asker has reached this server. */
  readonly spoken: { readonly scheme: string; readonly host: string };
}

/** The address of this server, absolute; undefined for a program that names no host (HTTP/1.0) where none is set. */
function baseOf({ publicUrl, spoken }: SyndicationDeps): string | undefined {
  if (publicUrl !== undefined) return publicUrl.replace(/\/+$/, '');
  return spoken.host === '' ? undefined : `${spoken.scheme}://${spoken.host}`;
}

/** Where people use one address, the answer is the same for everyone. */
const keptFor = ({ publicUrl }: SyndicationDeps, seconds: number): string =>
  publicUrl === undefined ? 'no-store' : `public, max-age=${seconds}`;

/** The feed of the server, or of one room. */
export async function feedReply(
  deps: SyndicationDeps,
  {
    path,
    slug,
    head,
    language,
  }: { path: string; slug: string; head: string | undefined; language: PageLanguage },
): Promise<Reply> {
  const base = baseOf(deps);
  const room = slug === '' ? undefined : deps.origin.card(slug);
  if (slug !== '' && !room) return problem('room-unknown');
  if (base === undefined) return problem('bad-request');
  const { origin } = deps;
  const rooms = feedRooms(room ? [room] : origin.cards().filter(isListed));
  const ended = rooms.filter(({ status }) => status === 'ended');
  const files = (await origin.recordedFiles?.(ended)) ?? new Map();
  return {
    status: 200,
    headers: {
      'content-type': 'application/rss+xml; charset=utf-8',
      'cache-control': keptFor(deps, 30),
      vary: 'accept-language',
    },
    body: roomFeed({
      ...{ base, path, head, language, rooms, files, state: (one: string) => origin.state(one) },
      ...(room ? { room } : {}),
    }),
  };
}

/** The room that an address names, a page of it or its player, and the clip. */
function roomIn(
  address: string,
  host: string,
): { readonly slug: string; readonly clip?: string } | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  const path = canonical(url.pathname) ?? url.pathname;
  const found = url.host === host ? find(path) : undefined;
  const { id } = found?.address ?? {};
  if (found && (id === 'clip' || id === 'embed-clip'))
    return { slug: found.room, clip: path.slice(path.lastIndexOf('/') + 1) };
  return found && (id === 'room' || id === 'embed' || id === 'embed-before')
    ? { slug: found.room }
    : undefined;
}

/** What another site has to know to show a room. Spec: oEmbed 1.0, 2.2, 2.3. */
export async function oembedReply(deps: SyndicationDeps, query: string): Promise<Reply> {
  const asked = new URLSearchParams(query);
  const base = baseOf(deps);
  const address = asked.get('url');
  if (base === undefined || address === null) return problem('bad-request');
  if ((asked.get('format') ?? 'json') !== 'json')
    return problem('not-found', 'format: only "json" is answered.');
  const named = roomIn(address, new URL(base).host);
  const card = named && deps.origin.card(named.slug);
  if (!card || card.access === 'private') return problem('room-unknown');
  const clip = named.clip && (await deps.origin.clip?.(card.slug, named.clip));
  if (named.clip && !clip) return problem('not-found', 'This clip is gone.');
  const most = (name: string): number | undefined =>
    asked.has(name) ? Number(asked.get(name) || Number.NaN) : undefined;
  const size = { base, width: most('maxwidth'), height: most('maxheight') };
  const found = clip ? clipOembed(card, clip, size) : oembed(card, size);
  if (!found) return problem('not-found', 'The player does not fit into so little space.');
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': keptFor(deps, 300) },
    body: JSON.stringify(found),
  };
}
