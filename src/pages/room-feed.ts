import type { PageLanguage } from '../base/negotiation.ts';
import { escapeHtml } from '../base/plain-text.ts';
import { CHECKPOINT_NAMESPACE } from '../wire/evidence/syndicated-head.ts';
import type { RecordedFile } from '../wire/recording.ts';
import { isRunning, type RoomCard, type RoomState } from '../wire/room.ts';
import { type PlainWords, plainWords } from './plain-words.ts';
import { titleOf } from './room-words.ts';
import { sentence } from './sentence.ts';

/** The most rooms in a feed: those that are on, the soonest to come, the newest that are over. */
const MOST_ITEMS = 100;

/** What a feed is made of. */
export interface FeedFacts {
  /** The address of this server, absolute, without a trailing slash. */
  readonly base: string;
  /** Path of the feed itself. */
  readonly path: string;
  /** One room, whose own feed it is, or the rooms of the server. */
  readonly room?: RoomCard;
  /** See `feedRooms`. */
  readonly rooms: readonly RoomCard[];
  /** The recordings of those that are over, as files to download, by room. */
  readonly files: ReadonlyMap<string, RecordedFile>;
  /** The newest signed head of the evidence log, as it is published; undefined or '' while none is known. */
  readonly head: string | undefined;
  readonly language: PageLanguage;
  state(slug: string): RoomState | undefined;
}

/** Text of people may hold what XML cannot. Spec: XML 1.0, 2.2 (Char). */
const xml = (text: string): string =>
  escapeHtml(text.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, ''));
const plain = (html: string): string => html.replace(/<[^>]*>/g, '');
const dateOf = (at: number): string => new Date(at).toUTCString().replace('GMT', '+0000');

/** Which rooms are in a feed of them all, and in which order: what happens now first. */
export function feedRooms(cards: readonly RoomCard[]): RoomCard[] {
  const at = ({ clocks }: RoomCard): number => clocks.ended ?? clocks.opened ?? clocks.scheduled ?? 0;
  const of = (wanted: (card: RoomCard) => boolean, sign: 1 | -1): RoomCard[] =>
    cards.filter(wanted).sort((a, b) => sign * (at(a) - at(b)));
  return [
    ...of(({ status }) => isRunning(status), -1),
    ...of(({ status }) => status === 'scheduled', 1).slice(0, MOST_ITEMS / 2),
    ...of(({ status }) => status === 'ended', -1),
  ].slice(0, MOST_ITEMS);
}

/** The recording as a file that podcast programs fetch; nothing while there is none, or no longer. */
function enclosure({ slug, status, clocks }: RoomCard, file: RecordedFile | undefined, base: string): string {
  if (status !== 'ended' || clocks.firstSpeech === undefined || !file) return '';
  const { seconds, bytes = 0 } = file;
  // Spec: RSS Advisory Board, Best Practices Profile, enclosure (0 where it is not known).
  return (
    `\n<enclosure url="${xml(`${base}/r/${slug}/replay.m4a`)}" length="${bytes}" type="audio/mp4"/>` +
    (seconds ? `\n<itunes:duration>${Math.round(seconds)}</itunes:duration>` : '')
  );
}

function item(card: RoomCard, facts: FeedFacts, words: PlainWords): string {
  const { base } = facts;
  const url = `${base}/r/${card.slug}`;
  const state = facts.state(card.slug);
  const at = card.clocks.ended ?? card.clocks.opened;
  const moment = card.status === 'open' ? 'live' : card.status;
  return `<item>
<title>${xml(titleOf(card, words))}</title>
<link>${xml(url)}</link>
<guid isPermaLink="false">${xml(`${url}#${moment}`)}</guid>${at === undefined ? '' : `\n<pubDate>${dateOf(at)}</pubDate>`}
<description>${xml(plain(sentence(card, state, words)))}</description>${card.hosts.length > 0 ? `\n<itunes:author>${xml(card.hosts.join(', '))}</itunes:author>` : ''}${enclosure(card, facts.files.get(card.slug), base)}
</item>`;
}

/**
 * A feed of rooms: what is on, what comes, and the recordings of what is over, for feed readers and podcast programs.
 * It carries the newest signed head of the evidence log. Spec: RSS 2.0; RSS Advisory Board, Best Practices Profile.
 */
export function roomFeed(facts: FeedFacts): string {
  const { base, path, room, head, language } = facts;
  const words = plainWords(language);
  const title = room ? titleOf(room, words) : words.feedTitle(new URL(base).host);
  const items = facts.rooms.map((card) => item(card, facts, words));
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:tlog="${CHECKPOINT_NAMESPACE}">
<channel>
<title>${xml(title)}</title>
<link>${xml(room ? `${base}/r/${room.slug}` : `${base}/`)}</link>
<atom:link href="${xml(base + path)}" rel="self" type="application/rss+xml"/>
<description>${xml(words.feedAbout)}</description>
<language>${language}</language>
<generator>Earshot</generator>
<ttl>1</ttl>${head ? `\n<tlog:checkpoint>${xml(head)}</tlog:checkpoint>` : ''}
${items.join('\n')}
</channel>
</rss>
`;
}
